"""Frames to a memory: masks, joined frames, and pieces, against plain NumPy and the whole."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick

from zoo.cells import GRUCell, LSTMCell
from zoo.errors import ConfigError
from zoo.layers import TCN, Bidirectional, FrameEncoder, Recurrent

LENGTHS = np.array([8, 5, 1, 0], "int32")
FRAMES = np.random.default_rng(0).normal(size=(4, 8, 3)).astype("float32")


def causal():
    levels = [TCN(4, 1, 2), Recurrent(LSTMCell(5)), Recurrent(GRUCell(6))]
    encoder = FrameEncoder(levels, [2, 1, 2])
    encoder.build((None, None, 3))
    return encoder


def both_ways():
    directions = Recurrent(GRUCell(3)), Recurrent(GRUCell(3), go_backwards=True)
    encoder = FrameEncoder([Bidirectional(*directions)], [3])
    encoder.build((None, None, 3))
    return encoder


@pytest.mark.parametrize("make", [causal, both_ways])
def test_padding_changes_nothing(make):
    encoder = make()
    run = quick(encoder, encoder)
    memory, mask = map(ops.convert_to_numpy, run(FRAMES, LENGTHS))
    steps = -(-LENGTHS // encoder.reduction)
    np.testing.assert_array_equal(mask, np.arange(memory.shape[1]) < steps[:, None])
    assert not memory[~mask].any()
    for row, length in enumerate(LENGTHS[:3]):
        alone, _ = run(FRAMES[row : row + 1, :length], LENGTHS[row : row + 1])
        np.testing.assert_allclose(memory[row, : steps[row]], alone[0], rtol=1e-5, atol=1e-6)
    dirty = np.where(np.arange(8)[:, None] < LENGTHS[:, None, None], FRAMES, 7.0)
    again, _ = run(dirty.astype("float32"), LENGTHS)
    np.testing.assert_allclose(again, memory, atol=1e-6)


def test_joined_frames_stand_side_by_side():
    encoder = FrameEncoder([Recurrent(keras.layers.SimpleRNNCell(2))], [3])
    encoder.build((None, None, 3))
    kernel, recurrent, bias = encoder.get_weights()
    memory, _ = encoder(FRAMES[:1], LENGTHS[:1])
    state = np.zeros(2)
    for t, group in enumerate(np.pad(FRAMES[0], [(0, 1), (0, 0)]).reshape(3, 9)):
        state = np.tanh(group @ kernel + state @ recurrent + bias)
        np.testing.assert_allclose(ops.convert_to_numpy(memory)[0, t], state, rtol=1e-5)


def test_pieces_give_what_the_whole_gives():
    encoder = causal()
    whole, _ = quick(encoder, encoder)(FRAMES, LENGTHS)
    run = quick(
        lambda frames, lengths, state: encoder(
            frames, lengths, initial_state=state, return_state=True
        ),
        encoder,
    )
    state, parts = encoder.get_initial_state(4), []
    for begin in (0, 4):
        piece = np.clip(LENGTHS - begin, 0, 4)
        memory, _, state = run(FRAMES[:, begin : begin + 4], piece, state)
        parts.append(ops.convert_to_numpy(memory))
    np.testing.assert_allclose(np.concatenate(parts, 1), whole, rtol=1e-5, atol=1e-6)


def test_what_reads_backwards_has_no_state():
    assert causal().is_causal and not both_ways().is_causal
    with pytest.raises(ConfigError, match="all frames at once"):
        both_ways().get_initial_state(1)
    with pytest.raises(ConfigError, match="for each how many frames are joined"):
        FrameEncoder([Recurrent(GRUCell(3))], [])


def test_a_config_makes_it_again():
    encoder = causal()
    again = FrameEncoder.from_config(encoder.get_config())
    again.build((None, None, 3))
    assert [w.shape for w in again.weights] == [w.shape for w in encoder.weights]
    assert again.joins == [2, 1, 2] and again.reduction == 4 and again.output_size == 6
