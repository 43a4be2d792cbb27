"""Slopes of features against lines fitted by NumPy, and figures of librosa 0.11."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import Deltas

FRAMES = np.random.RandomState(1).uniform(-1, 1, (2, 9, 3)).astype("float32")


def by_hand(rows: np.ndarray, reach: int) -> np.ndarray:
    """The slope of the line that fits best through the frames around each one."""
    found = []
    for step in range(len(rows)):
        around = [min(max(step + d, 0), len(rows) - 1) for d in range(-reach, reach + 1)]
        found.append(np.polyfit(np.arange(-reach, reach + 1), rows[around], 1)[0])
    return np.array(found)


@pytest.mark.parametrize("reach", [1, 2, 4])
def test_it_is_the_slope_of_a_line(reach):
    found = ops.convert_to_numpy(Deltas(reach, orders=2)(FRAMES))
    for row, rows in enumerate(FRAMES.astype("float64")):
        slopes = by_hand(rows, reach)
        expected = np.concatenate([rows, slopes, by_hand(slopes, reach)], axis=-1)
        np.testing.assert_allclose(found[row], expected, atol=1e-5)


def test_it_gives_the_figures_of_librosa():
    # librosa.feature.delta(FRAMES[0].T, width=5, mode="nearest").T[[0, 4, 8]]
    expected = [
        [-0.115243, -0.264619, 0.177106],
        [0.007981, -0.059362, 0.136285],
        [0.276026, 0.394839, -0.407736],
    ]
    found = ops.convert_to_numpy(Deltas(2, orders=1)(FRAMES))[0, [0, 4, 8], 3:]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_padding_does_not_matter():
    mask = np.arange(9) < np.array([[9], [4]])
    padded = np.where(mask[..., None], FRAMES, 50).astype("float32")
    layer = Deltas()
    found = ops.convert_to_numpy(layer(padded, mask=mask))
    np.testing.assert_allclose(found[:1], ops.convert_to_numpy(layer(FRAMES[:1])), atol=1e-6)
    np.testing.assert_allclose(
        found[1:, :4], ops.convert_to_numpy(layer(FRAMES[1:, :4])), atol=1e-6
    )
    assert not found[1, 4:].any()


def test_no_frames_and_none_real():
    assert Deltas()(FRAMES[:, :0]).shape == (2, 0, 9)
    mask = np.zeros((2, 9), bool)
    assert not ops.convert_to_numpy(Deltas()(FRAMES, mask=mask)).any()


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ConfigError, match="at least 1, not 0 and 2"):
        Deltas(reach=0)
