"""Recurrences as operators of ONNX give what the layers give, which have their own tests."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from zoo.backend.whole_recurrence import recurrences_as
from zoo.cells import GRUCell, LSTMCell, SimpleRNNCell
from zoo.export.onnx_recurrence import OnnxRecurrences
from zoo.layers import Recurrent

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the graphs are those of TensorFlow"
)
CELLS = [LSTMCell, GRUCell, SimpleRNNCell, lambda units: SimpleRNNCell(units, activation="relu")]
LENGTHS = [5, 2, 0]


class OtherCell(LSTMCell):
    """An LSTM whose gates are its own."""

    def gates(self, projected, recurrent, states):
        (h, c), saved = super().gates(projected, recurrent, states)
        return (h / 2, c), saved


def in_onnx(layer, inputs, mask):
    """Outputs and states of a layer in ONNX Runtime, and the operators of the graph."""
    import onnxruntime
    import tensorflow as tf
    import tf2onnx

    signature = [tf.TensorSpec([None, None, inputs.shape[-1]], tf.float32, "inputs")]
    given = {"inputs": inputs}
    if mask is not None:
        signature.append(tf.TensorSpec([None, None], tf.bool, "mask"))
        given["mask"] = mask

    @tf.function(input_signature=signature, autograph=False)
    def run(inputs, mask=None):
        outputs, states = layer(inputs, mask=mask)
        return [tf.identity(x) for x in (outputs, *states)]

    recurrences = OnnxRecurrences()
    with recurrences_as(recurrences):
        graph, _ = tf2onnx.convert.from_function(
            run, signature, opset=17, custom_op_handlers=recurrences.handlers
        )
    session = onnxruntime.InferenceSession(graph.SerializeToString())
    return session.run(None, given), {node.op_type for node in graph.graph.node}


def randomised(layer, seed):
    """The layer, built, with all of its weights drawn, biases and initial states among them."""
    layer.build((None, None, 3))
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(0, 0.7, w.shape).astype("float32") for w in layer.weights])
    return layer


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("reverse", [False, True])
def test_outputs_and_states_are_those_of_the_layer(cell, reverse):
    layer = randomised(Recurrent(cell(4), reverse, learned_initial_state=not reverse), 1)
    inputs = np.random.default_rng(2).normal(size=(3, 5, 3)).astype("float32")
    for mask in (None, np.arange(5)[None] < np.array(LENGTHS)[:, None]):
        found, operators = in_onnx(layer, inputs, mask)
        outputs, states = layer(inputs, mask=mask)
        for one, other in zip(found, (outputs, *states), strict=True):
            np.testing.assert_allclose(one, keras.ops.convert_to_numpy(other), atol=1e-5)
        assert {"LSTM", "GRU", "RNN"} & operators and "Loop" not in operators


def test_a_cell_with_gates_of_its_own_stays_a_loop():
    layer = randomised(Recurrent(OtherCell(4)), 1)
    inputs = np.ones((2, 5, 3), "float32")
    # Within a loop the steps have to be written in order, as the exporter has them.
    from zoo.backend.time_loop import for_export

    with for_export(unrolled=False):
        found, operators = in_onnx(layer, inputs, None)
    np.testing.assert_allclose(found[0], keras.ops.convert_to_numpy(layer(inputs)[0]), atol=1e-5)
    assert "Loop" in operators and "LSTM" not in operators
