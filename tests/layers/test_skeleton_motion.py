"""Poses and motion of skeletons beside plain NumPy; what they do not depend on; streams."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import SkeletonMotion

JOINTS = np.random.default_rng(0).normal(size=(2, 9, 20, 3)).astype("float32")


def computed(layer, joints):
    return ops.convert_to_numpy(layer(joints))


def in_numpy(joints, lags):
    """The same for one skeleton, frame by frame."""
    found, trunks = [], []
    for frame in range(len(joints)):
        bones = joints[frame, 1:4] - joints[frame, :3]
        trunks.append(np.linalg.norm(bones, axis=-1).sum())
        parts = [joints[frame] - joints[frame, 0]]
        for lag in lags:
            before = joints[max(frame - lag, 0)]
            moved = joints[frame] - joints[frame, 0] - before + before[0]
            moved[0] = joints[frame, 0] - before[0]
            parts.append(moved)
        found.append(np.concatenate(parts).ravel() / np.mean(trunks))
    return np.array(found)


@pytest.mark.parametrize("lags", [(1,), (1, 4), (3, 2), ()])
def test_it_is_what_it_says(lags):
    layer = SkeletonMotion(lags)
    found = computed(layer, JOINTS)
    assert found.shape[-1] == layer.output_size
    for row, joints in zip(found, JOINTS, strict=True):
        np.testing.assert_allclose(row, in_numpy(joints, lags), atol=2e-5)


def test_neither_size_nor_place_matters():
    moved = 1.7 * JOINTS + (1, -2, 3)
    layer = SkeletonMotion()
    np.testing.assert_allclose(computed(layer, moved), computed(layer, JOINTS), atol=2e-5)


@pytest.mark.parametrize("cuts", [(1, 2, 3), (0, 5), (0, 0, 8, 9)])
def test_a_stream_gives_what_the_whole_gives(cuts):
    layer, pieces, state = SkeletonMotion(), [], None
    for part in np.split(JOINTS, cuts, axis=1):
        found, state = layer.stream(part, state)
        pieces.append(ops.convert_to_numpy(found))
    np.testing.assert_allclose(np.concatenate(pieces, 1), computed(layer, JOINTS), atol=1e-5)


def test_a_body_without_size_gives_numbers():
    assert np.isfinite(computed(SkeletonMotion(), np.zeros((1, 3, 20, 3), "float32"))).all()


def test_a_lag_of_nothing_is_refused():
    with pytest.raises(ConfigError, match="at least 1"):
        SkeletonMotion((0, 1))
