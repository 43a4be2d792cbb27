"""Features on one scale: against NumPy, with padding, and in pieces."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import FrameNormalization

FRAMES = (np.random.default_rng(0).normal(size=(3, 12, 4)) * 3 + 20).astype("float32")


def test_a_recording_has_mean_0_and_deviation_1():
    mask = np.arange(12) < np.array([[12], [5], [0]])
    padded = np.where(mask[..., None], FRAMES, 900).astype("float32")
    found = ops.convert_to_numpy(FrameNormalization()(padded, mask=mask))
    for row, length in enumerate((12, 5)):
        rows = FRAMES[row, :length].astype("float64")
        expected = (rows - rows.mean(0)) / np.sqrt(rows.var(0) + 1e-5)
        np.testing.assert_allclose(found[row, :length], expected, atol=1e-4)
    assert not found[1, 5:].any() and not found[2].any()
    whole = ops.convert_to_numpy(FrameNormalization()(FRAMES))
    np.testing.assert_allclose(whole[0], found[0], atol=1e-5)


def by_hand(rows: np.ndarray, prior: float) -> np.ndarray:
    """Each frame by those up to it, and `prior` more of mean 0 and deviation 1."""
    found = []
    for step in range(len(rows)):
        seen, count = rows[: step + 1], step + 1 + prior
        mean = seen.sum(0) / count
        variance = ((seen**2).sum(0) + prior) / count - mean**2
        found.append((rows[step] - mean) / np.sqrt(variance + 1e-5))
    return np.array(found)


def test_it_runs_by_what_was_heard():
    frames = FRAMES - 19
    mask = np.arange(12) < np.array([[12], [5], [0]])
    layer = FrameNormalization(is_running=True, prior_frames=6)
    found = ops.convert_to_numpy(layer(np.where(mask[..., None], frames, 99), mask=mask))
    for row, length in enumerate((12, 5)):
        expected = by_hand(frames[row, :length].astype("float64"), 6)
        np.testing.assert_allclose(found[row, :length], expected, atol=1e-4)
    assert not found[1, 5:].any() and not found[2].any()


def test_a_stream_gives_what_the_whole_gives():
    layer = FrameNormalization(is_running=True, prior_frames=6)
    whole = ops.convert_to_numpy(layer(FRAMES))
    pieces, state = [], None
    for begin, end in ((0, 0), (0, 1), (1, 8), (8, 8), (8, 12)):
        found, state = layer.stream(FRAMES[:, begin:end], state)
        pieces.append(ops.convert_to_numpy(found))
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-5)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ConfigError, match="above 0"):
        FrameNormalization(prior_frames=0)
    with pytest.raises(ConfigError, match="is_running=True"):
        FrameNormalization().stream(FRAMES)
