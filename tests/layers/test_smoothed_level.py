"""The smoothed level: against a loop in NumPy, in parts, with padding anywhere."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from zoo.layers import SmoothedLevel

VALUES = np.random.default_rng(0).normal(size=(3, 7, 2)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 1, 1, 0]], bool)


def smoothed(values, mask, rate):
    """`l += a (x - l)`, the first real value being the first level; padding leaves it."""
    levels = np.zeros(values.shape)
    for row in range(len(values)):
        level = None
        for t in range(values.shape[1]):
            if mask[row, t]:
                level = values[row, t] if level is None else level + rate * (values[row, t] - level)
            levels[row, t] = 0 if level is None else level
    return levels


@pytest.mark.parametrize("mask", [np.ones((3, 7), bool), MASK])
def test_it_is_the_loop(mask):
    layer = SmoothedLevel(0.3)
    found, state = layer(VALUES, mask=mask)
    expected = smoothed(VALUES, mask, 0.3)
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(state[0]), expected[:, -1], rtol=1e-4)


def test_parts_and_steps_are_the_whole():
    layer = SmoothedLevel(0.3)
    whole, end = layer(VALUES)
    first, state = layer(VALUES[:, :3])
    second, state = layer(VALUES[:, 3:5], initial_state=state)
    steps = [first, second]
    for t in (5, 6):
        level, state = layer.step(VALUES[:, t], state)
        steps.append(ops.expand_dims(level, 1))
    found = ops.convert_to_numpy(ops.concatenate(steps, 1))
    np.testing.assert_allclose(found, ops.convert_to_numpy(whole), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(*map(ops.convert_to_numpy, (state[0], end[0])), rtol=1e-5)


def test_a_rate_that_cannot_be():
    with pytest.raises(ValueError, match="between 0 and 1"):
        SmoothedLevel(1.0)
