"""F1 over segments beside a count by hand."""

from __future__ import annotations

import pytest

from zoo.metrics.segments import matched_segments, segment_f1, segments_of


def test_frames_are_joined():
    frames = list("aa--bba")
    assert segments_of(frames, "-") == [("a", 0, 2), ("b", 4, 6), ("a", 6, 7)]
    assert segments_of(frames)[1] == ("-", 2, 4)
    assert segments_of([]) == []


def test_a_wanted_segment_is_found_once():
    wanted = [("a", 0, 10)]
    assert matched_segments([("a", 0, 10), ("a", 1, 9)], wanted) == (1, 1, 0)
    assert matched_segments([("b", 0, 10)], wanted) == (0, 1, 1)
    assert matched_segments([("a", 0, 5)], wanted) == (1, 0, 0)  # a half is enough
    assert matched_segments([("a", 0, 4), ("a", 4, 8)], wanted) == (0, 2, 1)
    assert matched_segments([("a", 0, 4)], wanted, overlap=0.25) == (1, 0, 0)
    assert matched_segments([("a", 20, 24)], wanted, overlap=0.0) == (0, 1, 1)


def test_over_recordings():
    found = [[("a", 0, 10)], [("b", 0, 3), ("a", 3, 6)]]
    wanted = [[("a", 0, 10), ("b", 10, 12)], [("b", 0, 3)]]
    # 2 are right, 1 is wrong, 1 is missed.
    assert segment_f1(found, wanted) == pytest.approx(100 * 2 * 2 / (2 * 2 + 1 + 1))
    assert segment_f1([[]], [[]]) == 100
