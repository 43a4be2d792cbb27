"""Cells that padding turns to no numbers, and cells that drop states: what a loop cares for."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from gradients import value_and_gradients
from keras import ops
from quick import quick

from zoo.cells import GRUCell
from zoo.errors import ConfigError
from zoo.layers import Recurrent

MASK = np.array([[1, 1, 1, 0, 0], [0, 1, 1, 0, 1], [0] * 5, [1] * 5], bool)


class Normalising(keras.layers.Layer):
    """Divides its input by its length, so padding of zeros is no number, nor is its gradient."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.state_size = self.output_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.state_size), name="kernel")

    def call(self, inputs, states):
        length = ops.sqrt(ops.sum(inputs * inputs, axis=-1, keepdims=True))
        new = ops.tanh(ops.matmul(inputs / length, self.kernel) + states[0])
        return new, [new]


class NormalisingGRU(GRUCell):
    """The same, with a gradient written out."""

    def project(self, inputs):
        length = ops.sqrt(ops.sum(inputs * inputs, axis=-1, keepdims=True))
        return super().project(inputs / length)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("cell", [Normalising, NormalisingGRU])
def test_padding_that_is_no_number_poisons_nothing(cell, training):
    layer = Recurrent(cell(4))
    rng = np.random.default_rng(0)
    x = np.where(MASK[..., None], rng.normal(size=(4, 5, 3)), 0).astype("float32")
    layer.build(x.shape)

    def loss(x, mask):
        outputs, states = layer(x, mask=mask, training=training)
        return ops.sum(outputs**2) + ops.sum(states[0])

    def both(x, mask):
        value, inputs, weights = value_and_gradients(
            lambda x: loss(x, mask), layer.trainable_variables, [x]
        )
        assert np.isfinite(inputs[0]).all()
        return value, weights

    outputs, (state,) = layer(x, mask=MASK, training=training)
    assert not np.any(np.asarray(outputs)[~MASK])
    value, gradients = both(ops.convert_to_tensor(x), MASK)
    assert np.isfinite(value) and all(np.isfinite(g).all() for g in gradients)
    # Row by row without any padding: the same outputs, states, and gradients together.
    total, sums = 0.0, [0.0] * len(gradients)
    for row in (0, 1, 3):
        real = x[row : row + 1, MASK[row]]
        alone, (last,) = layer(real, training=training)
        np.testing.assert_allclose(np.asarray(outputs)[row][MASK[row]], alone[0], atol=1e-5)
        np.testing.assert_allclose(state[row], last[0], atol=1e-5)
        part, parts = both(ops.convert_to_tensor(real), None)
        total, sums = total + part, [a + b for a, b in zip(sums, parts, strict=True)]
    np.testing.assert_allclose(value, total, rtol=1e-5)
    for one, other in zip(gradients, sums, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


class Dropping(GRUCell):
    """A cell that splits itself, and drops in its `call`."""

    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        self.seed = keras.random.SeedGenerator(1)

    def call(self, inputs, states, training=None):
        output, states = super().call(inputs, states)
        if training:
            output = keras.random.dropout(output, 0.5, seed=self.seed)
        return output, states


class DroppingByLayer(GRUCell):
    """The same, by a layer of Keras, with `training` handed on by the call's context."""

    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        self.drop = keras.layers.Dropout(0.5, seed=1)

    def call(self, inputs, states):
        output, states = super().call(inputs, states)
        return self.drop(output), states


@pytest.mark.parametrize("cell", [Dropping, DroppingByLayer])
def test_dropout_of_a_cells_call_is_on_in_training_alone(cell):
    layer, plain = Recurrent(cell(50)), Recurrent(GRUCell(50))
    x = np.random.default_rng(0).normal(size=(4, 5, 3)).astype("float32")
    layer.build(x.shape)
    plain.build(x.shape)
    plain.set_weights([w for v, w in zip(layer.weights, layer.get_weights(), strict=True)
                       if "seed" not in v.path])  # fmt: skip
    expected = np.asarray(plain(x)[0])
    np.testing.assert_allclose(layer(x, training=False)[0], expected, atol=1e-5)

    model = keras.Sequential([keras.Input((5, 3)), _Outputs(layer)])

    def run(x):
        return model(x, training=True)

    found = [np.asarray(quick(run, layer)(x)) for _ in range(2)]
    dropped = found[0] == 0
    assert 0.4 < dropped.mean() < 0.6
    np.testing.assert_allclose(found[0][~dropped], 2 * expected[~dropped], rtol=1e-4, atol=1e-5)
    assert np.any(dropped[:, 0] != dropped[:, 1])  # another mask at every step
    # What was drawn is not drawn again, in training as Keras does it.
    model.compile("sgd", "mse", jit_compile=False)
    model.fit(x, expected, batch_size=4, epochs=2, verbose=0)
    assert np.isfinite(model.evaluate(x, expected, verbose=0))


class _Outputs(keras.layers.Layer):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def call(self, inputs, training=False):
        return self.layer(inputs, training=training)[0]


@pytest.mark.parametrize("settings", [{"dropout": 0.5}, {"recurrent_dropout": 0.5}])
def test_dropout_of_keras_cells_works_and_has_one_mask(settings):
    layer = Recurrent(keras.layers.LSTMCell(20, **settings))
    x = np.random.default_rng(0).normal(size=(2, 6, 30)).astype("float32")
    layer.build(x.shape)
    expected = np.asarray(layer(x, training=False)[0])
    model = keras.Sequential([keras.Input((6, 30)), _Outputs(layer)])
    model.compile("sgd", "mse", jit_compile=False)
    for _ in range(2):
        model.fit(x, expected, verbose=0)
        found = np.asarray(layer(x, training=True)[0])
        assert np.isfinite(found).all() and not np.allclose(found, layer(x)[0], atol=1e-3)
    # The masks are forgotten, or the next call would meet tensors of another graph.
    assert layer.cell._dropout_mask is None and layer.cell._recurrent_dropout_mask is None


def test_a_dropout_that_cannot_be_says_what_to_do():
    for cell in (keras.layers.GRUCell(3), Dropping(3)):
        with pytest.raises(ConfigError, match="set recurrent_dropout to 0"):
            Recurrent(cell, recurrent_dropout=0.1)
    with pytest.raises(ConfigError, match=r"recurrent_dropout must be in \[0, 1\), not 1"):
        Recurrent(GRUCell(3), recurrent_dropout=1)
