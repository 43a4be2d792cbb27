"""Recurrences as ONNX's own operators LSTM, GRU and RNN, which its runtime computes as a whole.

TensorFlow has no such operators for the CPU that a converter knows, so a recurrence is traced as
one operation that stands for it and is never run; its weights wait here until the converter comes
to it. https://onnx.ai/onnx/operators has the equations and the order of gates.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from keras import ops

from zoo.cells import GRUCell, LSTMCell, SimpleRNNCell

# Cells of exactly these classes: the operator, that of the graph that is traced, and for each block
# of rows of ONNX's kernels the block of columns of the cell's.
_OPERATORS: dict[type, tuple[str, str, tuple[int, ...]]] = {
    LSTMCell: ("LSTM", "lstm", (0, 3, 1, 2)),  # i, f, g, o to i, o, f, c
    GRUCell: ("GRU", "gru", (0, 1, 2)),  # z, r, n as z, r, h
    SimpleRNNCell: ("RNN", "rnn_tanh", (0,)),
}
_STANDS_FOR = "CudnnRNNV3"


@dataclasses.dataclass
class _Recurrence:
    operator: str
    arrays: dict[str, np.ndarray]
    attributes: dict[str, Any]
    has_mask: bool


class OnnxRecurrences:
    """The recurrences of one graph, from `zoo.layers.Recurrent` to nodes of ONNX.

    Call it, as `zoo.backend.whole_recurrence` does, while the graph is traced, and give `handlers`
    to tf2onnx. Padding is what stands behind the real steps of a row: an operator of ONNX is told
    how long each row is.
    """

    def __init__(self):
        self._found: list[_Recurrence] = []

    def __call__(self, cell, inputs, mask, states, reverse):
        import tensorflow as tf

        if type(cell) not in _OPERATORS or inputs.dtype != tf.float32:
            return None
        operator, mode, _ = _OPERATORS[type(cell)]
        with tf.init_scope():  # where variables have values
            self._found.append(_recurrence(cell, reverse, mask is not None))
        steps = tf.transpose(inputs, [1, 0, 2])
        shape = tf.shape(steps)
        lengths = tf.fill([shape[1]], shape[0])
        if mask is not None:
            lengths = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
        found = tf.raw_ops.CudnnRNNV3(
            input=steps,
            input_h=states[0][None],
            input_c=states[-1][None],
            params=tf.constant([float(len(self._found) - 1)]),
            sequence_lengths=lengths,
            rnn_mode=mode,
            is_training=False,
        )
        found.output.set_shape([*steps.shape[:2], cell.units])
        has_steps = lengths[:, None] > 0  # of a row without any, ONNX Runtime says zeros
        last = []
        for state, before in zip((found.output_h, found.output_c), states, strict=False):
            state.set_shape([1, *before.shape])
            last.append(tf.where(has_steps, state[0], before))
        return tf.transpose(found.output, [1, 0, 2]), last

    @property
    def handlers(self) -> dict[str, Any]:
        """What tf2onnx calls for the operations that stand for recurrences."""
        return {_STANDS_FOR: (self._to_onnx, [])}

    def _to_onnx(self, graph, node, name, args):
        from onnx import TensorProto

        steps, hidden, cell_state, _, lengths = node.input
        found = self._found[int(node.inputs[3].get_tensor_value(as_list=False).item())]

        def constant(what, array):
            return graph.make_const(f"{name}/{what}", array).output[0]

        inputs = [steps, *(constant(what, array) for what, array in found.arrays.items())]
        inputs += [lengths if found.has_mask else "", hidden]
        is_lstm = found.operator == "LSTM"
        count = 3 if is_lstm else 2
        operator = graph.make_node(
            found.operator,
            inputs + [cell_state] * is_lstm,
            attr=found.attributes,
            output_count=count,
            name=f"{name}/{found.operator}",
            dtypes=[TensorProto.FLOAT] * count,
        )
        axis = constant("axis of directions", np.array([1], "int64"))
        outputs = graph.make_node("Squeeze", [operator.output[0], axis], dtypes=[TensorProto.FLOAT])
        for old, new in zip(node.output, [outputs.output[0], *operator.output[1:]], strict=False):
            graph.replace_all_inputs(old, new)
        graph.remove_node(name)


def _recurrence(cell, reverse: bool, has_mask: bool) -> _Recurrence:
    operator, _, order = _OPERATORS[type(cell)]

    def blocks(columns):
        """`[..., gates * units]` to `[1, gates * units, ...]` in ONNX's order of gates."""
        array = ops.convert_to_numpy(columns).astype("float32")
        parts = np.split(array, len(order), axis=-1)
        return np.concatenate([parts[i].T for i in order], axis=0)[None]

    bias = blocks(cell.bias)
    more = np.zeros_like(bias) if cell.recurrent_bias is None else blocks(cell.recurrent_bias)
    attributes: dict[str, Any] = {
        "hidden_size": cell.units,
        "direction": "reverse" if reverse else "forward",
    }
    if operator == "GRU":
        attributes["linear_before_reset"] = 1  # the reset gate after the recurrent product
    if operator == "RNN":
        attributes["activations"] = [cell.activation.capitalize()]
    return _Recurrence(
        operator,
        {
            "kernel": blocks(cell.kernel),
            "recurrent_kernel": blocks(cell.recurrent_kernel),
            "bias": np.concatenate([bias, more], axis=1),
        },
        attributes,
        has_mask,
    )
