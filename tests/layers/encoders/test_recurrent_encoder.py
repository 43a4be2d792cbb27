"""The recurrent encoder: a place for each token, or one for the whole text."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick

from zoo.cells import LSTMCell
from zoo.layers import Bidirectional, Recurrent, RecurrentEncoder, RecurrentStack

TOKENS = np.array([[5, 6, 7, 0, 0], [8, 4, 4, 5, 6]], "int32")


def encoder(recurrence, pooling="final"):
    made = RecurrentEncoder(keras.layers.Embedding(9, 3), recurrence, pooling=pooling)
    made.build((None, None))
    made.built = True
    return made


def both_directions():
    return Bidirectional(Recurrent(LSTMCell(4)), Recurrent(LSTMCell(4), go_backwards=True))


@pytest.mark.parametrize(
    "make, width",
    [
        (lambda: Recurrent(LSTMCell(4), go_backwards=True), 8),
        (both_directions, 16),
        (lambda: RecurrentStack([both_directions(), Recurrent(LSTMCell(5))]), 26),
    ],
)
def test_the_final_states_are_the_only_place(make, width):
    layer = encoder(make())
    memory, mask = quick(layer, layer)(TOKENS)
    assert memory.shape == (2, 1, width) and layer.output_size == width
    assert ops.convert_to_numpy(mask).tolist() == [[True], [True]]
    assert layer.compute_output_shape((2, 5)) == ((2, 1, width), (2, 1))
    alone, _ = quick(layer, layer)(TOKENS[:1, :3])
    np.testing.assert_allclose(memory[:1], alone, atol=1e-6)


def test_read_from_its_end_the_first_word_is_the_last_one_read():
    layer = encoder(Recurrent(LSTMCell(4), go_backwards=True))
    vectors = ops.convert_to_numpy(layer.embedding(TOKENS[:1, :3]))[0]
    cell, states = layer.recurrence.cell, [np.zeros((1, 4), "float32")] * 2
    for vector in vectors[::-1]:
        _, states = cell(vector[None], states)
    memory, _ = quick(layer, layer)(TOKENS)
    np.testing.assert_allclose(memory[0, 0], np.concatenate(states, -1)[0], atol=1e-5)


def test_an_unknown_pooling_is_refused():
    with pytest.raises(ValueError, match="pooling is one of none, final, not 'mean'"):
        encoder(Recurrent(LSTMCell(4)), "mean")
