"""What is seen inside a step: against finite differences in NumPy, and a plain gradient tape."""

from __future__ import annotations

import keras
import numpy as np
import numpy_cells
import pytest
from keras import ops
from small_lm import small_lm

import zoo
from zoo.cells import GRUCell, LSTMCell
from zoo.layers import Recurrent
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.statistics import step_statistics

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="statistics are for TensorFlow"
)
ROWS, TIME, FEATURES, UNITS = 2, 5, 3, 4
MASK = np.array([[1, 1, 0, 1, 1], [1, 1, 1, 0, 0]], bool)
CELLS = {
    "gru": (lambda: GRUCell(UNITS), numpy_cells.gru),
    "lstm": (lambda: LSTMCell(UNITS), numpy_cells.lstm),
    "keras": (lambda: keras.layers.LSTMCell(UNITS), numpy_cells.lstm),  # the general path
}


class Small(keras.Model):
    """A recurrent layer and a sum of its outputs, each with a weight."""

    def __init__(self, cell, reverse):
        super().__init__()
        self.recurrence = Recurrent(cell, go_backwards=reverse)
        self.head = keras.layers.Dense(1, use_bias=False)

    def call(self, inputs, training=False):
        outputs, _ = self.recurrence(inputs["x"], mask=inputs["mask"], training=training)
        return self.head(outputs)


def small(kind, reverse):
    rng = np.random.default_rng(0)
    inputs = {"x": rng.normal(size=(ROWS, TIME, FEATURES)).astype("float32"), "mask": MASK}
    model = Small(CELLS[kind][0](), reverse)
    model(inputs)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape))
    model.compile("sgd", "mse")
    return model, (inputs, rng.normal(size=(ROWS, TIME, 1)).astype("float32"))


def plain_loss(kind, reverse, weights, batch, nudge=None):
    """The loss in NumPy, `h` after a step being moved by `nudge = (row, t, unit, by)`."""
    inputs, labels = batch
    *cell, head = (np.asarray(weight, "float64") for weight in weights)
    total = 0.0
    for row in range(ROWS):
        states = [np.zeros(UNITS) for _ in range(1 if kind == "gru" else 2)]
        for t in reversed(range(TIME)) if reverse else range(TIME):
            if MASK[row, t]:
                states = CELLS[kind][1](cell, inputs["x"][row, t].astype("float64"), states)
            if nudge and nudge[:2] == (row, t):
                states = [states[0] + np.eye(UNITS)[nudge[2]] * nudge[3], *states[1:]]
            if MASK[row, t]:  # Keras leaves padding out of a loss
                total += (states[0] @ head[:, 0] - labels[row, t, 0]) ** 2
    return total / MASK.sum()


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("kind", CELLS)
def test_gradients_over_time_are_finite_differences(kind, reverse):
    model, batch = small(kind, reverse)
    found = step_statistics(model, batch)
    weights = [ops.convert_to_numpy(w) for w in model.trainable_weights]
    assert found.loss == pytest.approx(plain_loss(kind, reverse, weights, batch), rel=1e-5)
    expected = np.zeros((TIME, ROWS, UNITS))
    for row, t, unit in np.ndindex(ROWS, TIME, UNITS):
        up, down = (
            plain_loss(kind, reverse, weights, batch, (row, t, unit, by)) for by in (1e-5, -1e-5)
        )
        expected[t, row, unit] = (up - down) / 2e-5
    (norms,) = found.over_time.values()
    np.testing.assert_allclose(norms, np.sqrt((expected**2).sum((1, 2))), rtol=2e-3, atol=1e-6)


def test_gates_are_saturated_as_often_as_they_are():
    model, batch = small("lstm", False)
    found = step_statistics(model, batch).values
    kernel, recurrent, bias, _ = (ops.convert_to_numpy(w) for w in model.trainable_weights)
    shares = {"i": [], "f": [], "o": []}
    for row in range(ROWS):
        states = [np.zeros(UNITS)] * 2
        for t in range(TIME):
            if MASK[row, t]:
                sums = batch[0]["x"][row, t] @ kernel + bias + states[0] @ recurrent
                for name, place in (("i", 0), ("f", 1), ("o", 3)):
                    gate = numpy_cells.sigmoid(sums[place * UNITS : (place + 1) * UNITS])
                    shares[name].append((gate < 0.1) | (gate > 0.9))
                states = numpy_cells.lstm((kernel, recurrent, bias), batch[0]["x"][row, t], states)
    gates = {name: value for name, value in found.items() if name.startswith("gates/")}
    assert [name.split("/")[-1] for name in gates] == ["i", "f", "o"]
    for name, value in gates.items():
        share = np.mean(shares[name.split("/")[-1]])
        assert 0 < share < 1 and value == pytest.approx(share)


def test_norms_and_activations_are_those_of_a_plain_tape():
    import tensorflow as tf

    model = small_lm(cell="gru", units=5)
    model.compile("sgd", SmoothedCrossEntropy(), jit_compile=False)
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, 11, (2, 6)).astype("int32")
    batch = {"tokens": tokens[:, :-1]}, tokens[:, 1:], np.ones((2, 5), "float32")
    found = step_statistics(model, batch).values
    with tf.GradientTape() as tape:
        loss = SmoothedCrossEntropy()(batch[1], model(batch[0], training=True))
    gradients = tape.gradient(loss, [w.value for w in model.trainable_weights])
    for weight, gradient in zip(model.trainable_weights, gradients, strict=True):
        norm = float(tf.norm(tf.convert_to_tensor(gradient)))
        assert found[f"gradients/{weight.path}"] == pytest.approx(norm, rel=1e-4)
    outputs, _ = model.recurrence(model.embedding(batch[0]["tokens"]))
    means = {k: v for k, v in found.items() if k.startswith("activations/") and "mean" in k}
    assert any(v == pytest.approx(float(tf.reduce_mean(outputs)), rel=1e-4) for v in means.values())


def test_nothing_changes_by_looking():
    model = small_lm(cell="gru", dropout=0.3, output_dropout=0.3, layers=2)
    model.compile("adam", SmoothedCrossEntropy(), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    tokens = np.random.default_rng(0).integers(1, 11, (2, 6)).astype("int32")
    before = [ops.convert_to_numpy(v) for v in model.variables]
    found = step_statistics(model, ({"tokens": tokens[:, :-1]}, tokens[:, 1:]))
    for old, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(old, variable)
    assert len(found.over_time) == 2 and all(len(n) == 5 for n in found.over_time.values())
    assert not model.losses and "call" not in vars(model.embedding)


@pytest.mark.parametrize("cell", zoo.list_cells())
def test_any_registered_cell_is_seen(cell):
    model = small_lm(cell=cell, layers=1)
    model.compile("sgd", SmoothedCrossEntropy(), jit_compile=False)
    tokens = np.random.default_rng(0).integers(1, 11, (2, 6)).astype("int32")
    found = step_statistics(model, ({"tokens": tokens[:, :-1]}, tokens[:, 1:]))
    (norms,) = found.over_time.values()
    assert (norms[:-1] > 0).all() and np.isfinite(list(found.values.values())).all()
