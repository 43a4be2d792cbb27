"""Cells against their equations in NumPy, finite differences, and Keras's own cells."""

from __future__ import annotations

import keras
import numpy as np
import numpy_cells
import pytest
from keras import ops

from zoo.cells import GRUCell, LSTMCell, SimpleRNNCell

CELLS = {
    "tanh": (lambda: SimpleRNNCell(4), numpy_cells.simple),
    "relu": (lambda: SimpleRNNCell(4, activation="relu"), numpy_cells.simple_relu),
    "lstm": (lambda: LSTMCell(4), numpy_cells.lstm),
    "gru": (lambda: GRUCell(4), numpy_cells.gru),
}


def built(name, features=3, seed=0):
    cell = CELLS[name][0]()
    cell.build((None, features))
    cell.built = True
    rng = np.random.default_rng(seed)
    for variable in cell.variables:
        variable.assign(rng.normal(size=variable.shape) * 0.7)
    return cell


def random_states(cell, batch, seed=1):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(batch, n)).astype("float32") for n in cell.state_size]


@pytest.mark.parametrize("name", CELLS)
def test_one_step_is_the_equations(name):
    cell = built(name)
    x = np.random.default_rng(2).normal(size=(5, 3)).astype("float32")
    states = random_states(cell, 5)
    output, new_states = cell(x, states)
    weights = [ops.convert_to_numpy(w).astype("float64") for w in cell.weights]
    for row in range(5):
        expected = CELLS[name][1](weights, x[row], [s[row] for s in states])
        np.testing.assert_allclose(output[row], expected[0], atol=1e-6)
        for state, value in zip(new_states, expected, strict=True):
            np.testing.assert_allclose(state[row], value, atol=1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_gates_gradient_is_that_of_finite_differences(name):
    """In float64, through NumPy's equations as they stand in `gates`."""
    cell = built(name)
    rng = np.random.default_rng(3)
    width = cell.gate_count * cell.units
    arguments = [rng.normal(size=(2, width)), rng.normal(size=(2, width))]
    arguments += [rng.normal(size=(2, cell.units)) for _ in cell.state_size]
    upstream = [rng.normal(size=(2, cell.units)) for _ in cell.state_size]

    def tensors(values):
        return [ops.convert_to_tensor(v, dtype="float32") for v in values]

    def loss(values):
        projected, recurrent, *states = tensors(values)
        new_states, _ = cell.gates(projected, recurrent, tuple(states))
        return sum(
            float((np.asarray(ops.convert_to_numpy(s), "float64") * u).sum())
            for s, u in zip(new_states, upstream, strict=True)
        )

    projected, recurrent, *states = tensors(arguments)
    new_states, saved = cell.gates(projected, recurrent, tuple(states))
    d_projected, d_recurrent, d_states = cell.gates_gradient(
        saved, tuple(states), tuple(tensors(upstream))
    )
    for value, gradient in zip(arguments, [d_projected, d_recurrent, *d_states], strict=True):
        gradient = np.zeros_like(value) if gradient is None else ops.convert_to_numpy(gradient)
        for place in [(0, 0), (0, 1), (1, value.shape[1] - 1), (1, value.shape[1] // 2)]:
            kept, eps = value[place], 1e-2
            value[place] = kept + eps
            above = loss(arguments)
            value[place] = kept - eps
            below = loss(arguments)
            value[place] = kept
            np.testing.assert_allclose(gradient[place], (above - below) / (2 * eps), atol=2e-3)


@pytest.mark.parametrize(
    "name, peer",
    [
        ("tanh", keras.layers.SimpleRNNCell),
        ("lstm", keras.layers.LSTMCell),
        ("gru", keras.layers.GRUCell),
    ],
)
def test_weights_mean_what_they_mean_in_keras(name, peer):
    cell = built(name)
    other = peer(4)
    other.build((None, 3))
    weights = [ops.convert_to_numpy(w) for w in cell.weights]
    if name == "gru":
        weights = [*weights[:2], np.stack(weights[2:])]
    other.set_weights(weights)
    x = np.random.default_rng(4).normal(size=(2, 3)).astype("float32")
    states = random_states(cell, 2)
    expected, expected_states = other(x, [ops.convert_to_tensor(s) for s in states])
    output, new_states = cell(x, states)
    np.testing.assert_allclose(output, expected, atol=1e-6)
    for state, value in zip(new_states, keras.tree.flatten(expected_states), strict=True):
        np.testing.assert_allclose(state, value, atol=1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_works_in_keras_rnn_and_round_trips(name):
    layer = keras.layers.RNN(CELLS[name][0](), return_sequences=True)
    x = np.random.default_rng(5).normal(size=(2, 6, 3)).astype("float32")
    before = layer(x)
    again = keras.layers.RNN.from_config(layer.get_config())
    again.build(x.shape)
    again.set_weights(layer.get_weights())
    np.testing.assert_allclose(again(x), before, atol=1e-6)
    assert again.cell.get_config() == layer.cell.get_config()


def test_forget_gate_starts_open():
    cell = LSTMCell(3)
    cell.build((None, 2))
    np.testing.assert_array_equal(cell.bias, [0] * 3 + [1] * 3 + [0] * 6)


def test_relu_cell_starts_as_identity():
    cell = SimpleRNNCell(3, activation="relu")
    cell.build((None, 2))
    np.testing.assert_array_equal(cell.recurrent_kernel, np.eye(3))


@pytest.mark.parametrize("units", [0, -1, 2.5])
def test_bad_units_are_named(units):
    with pytest.raises(ValueError, match="LSTMCell wants a positive number of units"):
        LSTMCell(units)


def test_bad_activation_is_named():
    with pytest.raises(ValueError, match="'tanh' and 'relu', not 'sigmoid'"):
        SimpleRNNCell(3, activation="sigmoid")
