"""Simple rules for where something goes next, against polynomials fitted by NumPy."""

from __future__ import annotations

import numpy as np

from zoo.metrics.tracks import constant_velocity, distances, fitted_parabola

PASTS = np.random.default_rng(0).normal(size=(4, 9, 3)).cumsum(1)


def test_a_fitted_parabola():
    found = fitted_parabola(PASTS, 7)
    for past, said in zip(PASTS, found, strict=True):
        expected = np.stack(
            [np.polyval(np.polyfit(np.arange(9), x, 2), np.arange(9, 16)) for x in past.T], axis=1
        )
        np.testing.assert_allclose(said, expected, rtol=1e-6)


def test_constant_velocity():
    found = constant_velocity(PASTS, 3)
    step = PASTS[:, -1] - PASTS[:, -2]
    for number in range(3):
        np.testing.assert_allclose(found[:, number], PASTS[:, -1] + (number + 1) * step)


def test_distances():
    np.testing.assert_allclose(
        distances([[0.0, 0.0], [1.0, 1.0]], [[3.0, 4.0], [1.0, 2.0]]), [5, 1]
    )
