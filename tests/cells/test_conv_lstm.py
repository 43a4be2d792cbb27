"""Recurrence over grids against its equations in NumPy, and Keras's own layer."""

from __future__ import annotations

import keras
import numpy as np
import numpy_cells
import pytest
from gradients import value_and_gradients
from keras import ops

from zoo.cells import ConvLSTMCell, LSTMCell
from zoo.layers import Bidirectional, Recurrent, RecurrentStack
from zoo.layers.reading_forward import first_state, go_on

BATCH, TIME, CHANNELS, UNITS = 3, 5, 2, 4
GRIDS = {"an image": (3, 5), "a line": (6,), "one place": (1, 1)}
MASKS = {
    "none": None,
    "right": [[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0]],
    "holes and an empty row": [[0, 1, 1, 0, 1], [0] * 5, [1] * 5],
}


def mask_of(name):
    return None if MASKS[name] is None else np.array(MASKS[name], bool)


def example(layer, grid, seed=0):
    """Inputs and states, after giving the layer random weights."""
    rng = np.random.default_rng(seed)
    layer.build((BATCH, TIME, *grid, CHANNELS))
    layer.built = True
    for variable in layer.trainable_variables:
        variable.assign(rng.normal(size=variable.shape) * 0.4)
    x = rng.normal(size=(BATCH, TIME, *grid, CHANNELS)).astype("float32")
    states = [rng.normal(size=(BATCH, *shape)).astype("float32") for shape in layer.state_shapes]
    return x, states


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("grid", GRIDS)
def test_recurrence_is_the_equations(grid, backwards, mask):
    layer = Recurrent(ConvLSTMCell(UNITS), go_backwards=backwards)
    x, states = example(layer, GRIDS[grid])
    weights = [ops.convert_to_numpy(w) for w in layer.cell.weights]
    expected, expected_finals = numpy_cells.run(
        numpy_cells.conv_lstm, weights, x, states, mask_of(mask), backwards
    )
    for training in (False, True):
        outputs, finals = layer(x, mask=mask_of(mask), initial_state=states, training=training)
        np.testing.assert_allclose(outputs, expected, atol=1e-5)
        for final, value in zip(finals, expected_finals, strict=True):
            np.testing.assert_allclose(final, value, atol=1e-5)


@pytest.mark.parametrize("kernel_size", [1, 3, 5])
@pytest.mark.parametrize("mask", MASKS)
def test_weights_mean_what_they_mean_in_keras(mask, kernel_size):
    if mask != "none" and keras.backend.backend() == "jax":
        pytest.skip("keras.layers.ConvLSTM2D takes no masks on JAX")
    layer = Recurrent(ConvLSTMCell(UNITS, kernel_size))
    x, _ = example(layer, (4, 6))
    peer = keras.layers.ConvLSTM2D(
        UNITS, kernel_size, padding="same", return_sequences=True, return_state=True
    )
    peer.build(x.shape)
    peer.set_weights(layer.get_weights())
    outputs, finals = layer(x, mask=mask_of(mask))
    # Keras repeats the last output at padding; the zoo gives zeros there.
    expected, *expected_finals = peer(x, mask=mask_of(mask))
    real = np.ones((BATCH, TIME), bool) if mask == "none" else mask_of(mask)
    np.testing.assert_allclose(np.asarray(outputs)[real], np.asarray(expected)[real], atol=1e-5)
    assert not np.any(np.asarray(outputs)[~real])
    for final, value in zip(finals, expected_finals, strict=True):
        np.testing.assert_allclose(final, value, atol=1e-5)


def test_gradients_are_those_of_finite_differences():
    layer = Recurrent(ConvLSTMCell(UNITS))
    x, states = example(layer, (3, 4))
    mask = mask_of("right")
    way = np.random.default_rng(1).normal(size=(BATCH, TIME, 3, 4, UNITS))

    def loss(x, *states):
        outputs, finals = layer(x, mask=mask, initial_state=list(states), training=True)
        total = ops.sum(outputs * way.astype("float32"))
        return total + sum(ops.sum(final * final) for final in finals)

    _, others, gradients = value_and_gradients(loss, layer.trainable_variables, [x, *states])

    def reference(weights, x, *states):
        outputs, finals = numpy_cells.run(numpy_cells.conv_lstm, weights, x, states, mask)
        return (outputs * way).sum() + sum((final**2).sum() for final in finals)

    weights = [ops.convert_to_numpy(w).astype("float64") for w in layer.cell.weights]
    values = [*weights, x.astype("float64"), *(s.astype("float64") for s in states)]
    for value, gradient in zip(values, [*gradients, *others], strict=True):
        for place in [(0,) * value.ndim, tuple(n - 1 for n in value.shape)]:
            kept, sides = value[place], []
            for sign in (1, -1):
                value[place] = kept + sign * 1e-5
                sides.append(reference(values[: len(weights)], *values[len(weights) :]))
            value[place] = kept
            slope = (sides[0] - sides[1]) / 2e-5
            np.testing.assert_allclose(np.asarray(gradient)[place], slope, atol=1e-3)


def test_of_vectors_it_is_the_lstm():
    layer, peer = Recurrent(ConvLSTMCell(UNITS)), Recurrent(LSTMCell(UNITS))
    x, states = example(layer, ())
    peer.build(x.shape)
    peer.set_weights(layer.get_weights())
    found, expected = (one(x, mask=mask_of("right"), initial_state=states) for one in (layer, peer))
    np.testing.assert_allclose(found[0], expected[0], atol=1e-6)
    assert layer.cell.state_size == [UNITS, UNITS]


def test_padding_that_is_no_number_changes_nothing():
    layer = Recurrent(ConvLSTMCell(UNITS))
    x, _ = example(layer, (3, 4))
    mask = mask_of("holes and an empty row")
    odd = np.where(mask[:, :, None, None, None], x, np.float32(np.nan))
    np.testing.assert_allclose(layer(odd, mask=mask)[0], layer(x, mask=mask)[0], atol=1e-6)

    def loss(x):
        return ops.sum(layer(x, mask=mask, training=True)[0])

    for given, gradient in zip(
        value_and_gradients(loss, layer.trainable_variables, [x])[2],
        value_and_gradients(loss, layer.trainable_variables, [odd])[2],
        strict=True,
    ):
        np.testing.assert_allclose(gradient, given, atol=1e-4)


def test_it_can_be_read_in_pieces():
    stack = RecurrentStack([Recurrent(ConvLSTMCell(UNITS)), Recurrent(ConvLSTMCell(3))])
    x, _ = example_of_stack(stack)
    whole, finals = stack(x)
    state, found = first_state(stack, BATCH), []
    for begin, end in ((0, 1), (1, 3), (3, TIME)):
        piece, state = go_on(stack, x[:, begin:end], np.ones((BATCH, end - begin), bool), state)
        found.append(np.asarray(piece))
    np.testing.assert_allclose(np.concatenate(found, axis=1), whole, atol=1e-5)
    for one, other in zip(keras.tree.flatten(state), keras.tree.flatten(finals), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    output, _ = stack.step(x[:, 0], first_state(stack, BATCH))
    np.testing.assert_allclose(output, whole[:, 0], atol=1e-5)


def example_of_stack(stack):
    stack.build((BATCH, TIME, 3, 4, CHANNELS))
    x = np.random.default_rng(0).normal(size=(BATCH, TIME, 3, 4, CHANNELS)).astype("float32")
    return x, stack


def test_shapes_are_said_before_they_are_computed():
    both = Bidirectional(
        Recurrent(ConvLSTMCell(UNITS)), Recurrent(ConvLSTMCell(UNITS), go_backwards=True)
    )
    x, _ = example(Recurrent(ConvLSTMCell(UNITS)), (3, 4))
    outputs = both(x)[0]
    assert tuple(outputs.shape) == (BATCH, TIME, 3, 4, 2 * UNITS)
    layer = Recurrent(ConvLSTMCell(UNITS), learned_initial_state=True)
    outputs, states = layer(keras.Input((None, 3, 4, CHANNELS)))
    assert tuple(outputs.shape[2:]) == (3, 4, UNITS)
    assert [tuple(state.shape[1:]) for state in states] == [(3, 4, UNITS)] * 2
    assert [tuple(w.shape) for w in layer.initial_states] == [(3, 4, UNITS)] * 2
    assert not layer.is_fused


def test_works_in_keras_rnn_and_round_trips():
    layer = keras.layers.RNN(ConvLSTMCell(UNITS, 5, name="grid"), return_sequences=True)
    x, _ = example(Recurrent(ConvLSTMCell(UNITS)), (3, 4))
    before = layer(x)
    again = keras.layers.RNN.from_config(layer.get_config())
    again.build(x.shape)
    again.set_weights(layer.get_weights())
    np.testing.assert_allclose(again(x), before, atol=1e-6)
    assert again.cell.get_config() == layer.cell.get_config()


@pytest.mark.parametrize("size", [0, 2, -3, 1.5])
def test_bad_kernels_are_named(size):
    with pytest.raises(ValueError, match="ConvLSTMCell wants an odd kernel_size"):
        ConvLSTMCell(4, size)


@pytest.mark.parametrize("shape", [(None, None, 4, 3), (None, 2, 3, 4, 5)])
def test_bad_grids_are_named(shape):
    with pytest.raises(ValueError, match="is built for a grid of one size"):
        ConvLSTMCell(4).build(shape)
