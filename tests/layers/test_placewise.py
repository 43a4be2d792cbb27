"""A layer at each place of a grid: what it gives for the series of that place alone."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from zoo.cells import GRUCell, LSTMCell
from zoo.layers import Placewise, Recurrent

GRIDS = np.random.default_rng(1).normal(size=(2, 5, 3, 4, 6)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], "bool")


@pytest.mark.parametrize("cell", [GRUCell, LSTMCell])
@pytest.mark.parametrize("training", [False, True])
def test_each_place_is_read_by_itself(cell, training):
    inner = Recurrent(cell(7))
    layer = Placewise(inner)
    outputs, states = layer(GRIDS, mask=MASK, training=training)
    outputs, states = np.asarray(outputs), [np.asarray(state) for state in states]
    assert outputs.shape == (2, 5, 3, 4, 7) and states[0].shape == (2, 3, 4, 7)
    for row in range(3):
        for column in range(4):
            alone, ends = inner(GRIDS[:, :, row, column], mask=MASK)
            np.testing.assert_allclose(outputs[:, :, row, column], alone, atol=1e-6)
            for state, end in zip(states, ends, strict=True):
                np.testing.assert_allclose(state[:, row, column], end, atol=1e-6)


def test_it_goes_on_in_pieces_and_steps():
    layer = Placewise(Recurrent(GRUCell(7)))
    whole, ends = layer(GRIDS)
    begin, states = layer(GRIDS[:, :3])
    rest, states = layer(GRIDS[:, 3:4], initial_state=states)
    last, states = layer.step(GRIDS[:, 4], states)
    np.testing.assert_allclose(np.asarray(whole)[:, :3], begin, atol=1e-6)
    np.testing.assert_allclose(np.asarray(whole)[:, 3:4], rest, atol=1e-6)
    np.testing.assert_allclose(np.asarray(whole)[:, 4], last, atol=1e-6)
    np.testing.assert_allclose(ends[0], states[0], atol=1e-6)
    assert tuple(layer.get_initial_state(2)[0].shape) == (2, 3, 4, 7)
    shapes = layer.compute_output_shape(GRIDS.shape)
    assert shapes == ((2, 5, 3, 4, 7), [(2, 3, 4, 7)]) and not layer.go_backwards


def test_its_config_makes_it_again():
    layer = Placewise(Recurrent(GRUCell(7), go_backwards=True))
    layer(GRIDS)
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    copy(GRIDS)
    copy.set_weights(layer.get_weights())
    np.testing.assert_allclose(copy(GRIDS)[0], layer(GRIDS)[0], atol=1e-6)
    assert copy.go_backwards
