"""Kalman filters and smoothers, against normal distributions written out and against filterpy."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import KalmanBank

RATIOS, KEEPS, FIRST = (1e-4, 0.02, 0.3), (1.0, 0.8, 1.0), 2.0
RNG = np.random.default_rng(3)
VALUES = np.cumsum(RNG.normal(size=(2, 40, 3)), axis=1).astype("float32")
SEEN = (RNG.uniform(size=(2, 40)) > 0.3).astype("float32")
SEEN[0, :3], SEEN[0, 3], SEEN[1, 0] = 0, 1, 1
SEEN[1, 10:22] = 0


def bank():
    return KalmanBank(RATIOS, KEEPS, FIRST)


def found(values=VALUES, seen=SEEN):
    layer = bank()
    estimates, _ = layer(values, seen)
    return [ops.convert_to_numpy(x) for x in (estimates.level, layer.smooth(estimates))]


def posterior(values, seen, ratio, keep, upto):
    """Expected levels of all steps by what is seen before step `upto`: one big normal distribution.

    Level and velocity of every step are linear in the first velocity, the changes of velocity and
    the noise of the first value seen, which all are independent.
    """
    steps, first = len(values), int(np.flatnonzero(seen)[0])
    causes = 2 + steps - 1
    variances = np.array([1.0, FIRST, *[ratio] * (steps - 1)])
    level, velocity = np.zeros(causes), np.zeros(causes)
    level[0], velocity[1] = 1, 1
    levels = [level]
    for step in range(steps - 1):
        change = np.zeros(causes)
        change[2 + step] = 1
        level = level + velocity + change / 2
        velocity = keep * velocity + change
        levels.append(level)
    weights = np.array(levels)  # steps before the first one seen are left out by the caller
    assert first == 0
    places = [step for step in range(1, upto) if seen[step]]
    off = values - values[0]  # the first level is the first value, to its noise
    covariance = weights @ (variances[:, None] * weights.T)
    inner = covariance[np.ix_(places, places)] + np.eye(len(places))
    return values[0] + covariance[:, places] @ np.linalg.solve(inner, off[places])


def test_levels_are_those_of_one_big_normal_distribution():
    levels, smooth = found()
    for row, begin in ((0, 3), (1, 0)):
        values, seen = VALUES[row, begin:].astype("float64"), SEEN[row, begin:]
        for place, (ratio, keep) in enumerate(zip(RATIOS, KEEPS, strict=True)):
            whole = posterior(values, seen, ratio, keep, len(values))
            np.testing.assert_allclose(smooth[row, begin:, :, place], whole, atol=2e-3)
            for step in (0, 1, 5, 15, 30):
                known = posterior(values, seen, ratio, keep, step + 1)[step]
                np.testing.assert_allclose(levels[row, begin + step, :, place], known, atol=2e-3)


def test_they_are_those_of_filterpy():
    kalman = pytest.importorskip("filterpy.kalman")
    from filterpy.common import Q_discrete_white_noise

    levels, smooth = found()
    row, column = 1, 2
    for place in (0, 2):  # which keep all of their velocity
        other = kalman.KalmanFilter(2, 1)
        other.F, other.H = np.array([[1.0, 1], [0, 1]]), np.array([[1.0, 0]])
        other.Q, other.P = Q_discrete_white_noise(2, 1.0, RATIOS[place]), np.diag([1, FIRST])
        other.x = np.array([[VALUES[row, 0, column]], [0]])
        means, covariances = [other.x.copy()], [other.P.copy()]
        for value, seen in zip(VALUES[row, 1:, column], SEEN[row, 1:], strict=True):
            other.predict()
            other.update(value if seen else None)
            means.append(other.x.copy())
            covariances.append(other.P.copy())
        expected = np.array(means)[:, 0, 0]
        np.testing.assert_allclose(levels[row, :, column, place], expected, atol=1e-3)
        later = other.rts_smoother(np.array(means), np.array(covariances))[0][:, 0, 0]
        np.testing.assert_allclose(smooth[row, :, column, place], later, atol=1e-3)


def test_before_the_first_value_nothing_is_known_until_it_comes():
    levels, smooth = found()
    np.testing.assert_array_equal(levels[0, :3], 0)
    np.testing.assert_array_equal(levels[0, 3], VALUES[0, 3][:, None] * np.ones(3))
    steps = np.diff(smooth[0, :4], axis=0)
    np.testing.assert_allclose(steps[:2], steps[1:], atol=1e-4)  # backwards at one speed
    assert (np.abs(steps) > 1e-3).all()


def test_padding_changes_nothing():
    longer = np.pad(VALUES, [(0, 0), (0, 9), (0, 0)], constant_values=7)
    levels, smooth = found(longer, np.pad(SEEN, [(0, 0), (0, 9)]))
    for mine, other in zip((levels, smooth), found(), strict=True):
        np.testing.assert_allclose(mine[:, :40], other, atol=1e-4)


def test_unit_and_zero_change_nothing():
    levels, smooth = found(VALUES * 8 + 32)
    for mine, other in zip((levels[:, 3:], smooth), found(), strict=True):
        other = other[:, 3:] if len(other[0]) != len(mine[0]) else other
        np.testing.assert_allclose(mine, other * 8 + 32, atol=2e-3)


def test_pieces_give_what_the_whole_gives():
    layer = bank()
    whole, last = layer(VALUES, SEEN)
    state, parts = None, []
    for begin in range(0, 40, 7):
        part, state = layer(VALUES[:, begin : begin + 7], SEEN[:, begin : begin + 7], state)
        parts.append(part)
    for name in whole._fields:
        joined = np.concatenate([ops.convert_to_numpy(getattr(x, name)) for x in parts], axis=1)
        np.testing.assert_allclose(joined, ops.convert_to_numpy(getattr(whole, name)), atol=1e-5)
    for mine, other in zip(state, last, strict=True):
        np.testing.assert_allclose(*map(ops.convert_to_numpy, (mine, other)), atol=1e-5)


def test_ages_and_counts():
    estimates, _ = bank()(VALUES[:1, :8], np.array([[0, 1, 0, 0, 1, 1, 0, 0]], "float32"))
    ages, counts = (
        ops.convert_to_numpy(x)[0, :, 0].tolist() for x in (estimates.age, estimates.count)
    )
    assert ages == [0, 0, 1, 2, 0, 0, 1, 2] and counts == [0, 1, 1, 1, 2, 3, 3, 3]


def test_what_is_no_bank():
    for arguments in (([],), ([0.1], [1, 1]), ([0.0],), ([0.1], [1.5]), ([0.1], [1], 0)):
        with pytest.raises(ConfigError, match="A KalmanBank has ratios above 0"):
            KalmanBank(*arguments)


def test_its_config():
    layer = KalmanBank.from_config(bank().get_config())
    assert (layer.ratios, layer.keeps, layer.first_variance) == (list(RATIOS), list(KEEPS), FIRST)
