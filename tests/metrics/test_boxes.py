"""How far boxes are apart, against pixels that are counted."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.metrics.boxes import centre_errors, overlaps


def counted(box):
    """The pixels of a box of whole numbers."""
    left, top, width, height = box
    return {(x, y) for x in range(left, left + width) for y in range(top, top + height)}


def test_overlaps_are_those_of_counted_pixels():
    boxes = np.random.default_rng(0).integers(1, 12, (40, 2, 4))
    expected = [len(counted(a) & counted(b)) / len(counted(a) | counted(b)) for a, b in boxes]
    assert 0 < np.mean(np.array(expected) == 0) < 0.7
    np.testing.assert_allclose(overlaps(boxes[:, 0], boxes[:, 1]), expected)


def test_centres_are_measured_by_the_true_box():
    said, true = np.array([2.0, 0, 4, 12]), np.array([0.0, 0, 2, 8])
    # The middles are (4, 6) and (1, 4); the true area is 16.
    assert centre_errors(said, true) == pytest.approx(np.hypot(3, 2) / 4)
    np.testing.assert_array_equal(centre_errors(true[None], true[None]), [0])
