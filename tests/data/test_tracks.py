"""Tracks: gaps, windows within each, company, and windows seen from other sides."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data import windows
from zoo.data.series import window_batches
from zoo.data.tracks import Tracks, times_of, turned, unbroken
from zoo.errors import ConfigError, UnknownNameError

LENGTHS = (6, 4, 7)
ENDS = np.cumsum(LENGTHS)
VALUES = np.random.default_rng(0).normal(size=(17, 2)).astype("float32")


def tracks(missing=()):
    """Three tracks, of which the first two begin one step apart in one recording."""
    is_recorded = np.ones(17, bool)
    is_recorded[list(missing)] = False
    begins = ENDS - LENGTHS
    return Tracks(
        VALUES, is_recorded, ("x", "y"), begins, ENDS, ("a", "a", "b"), np.array([5, 6, 5])
    )


def test_gaps_part_a_track_or_are_filled_in():
    numbers, values = np.array([2, 3, 6, 11]), np.array([[0.0, 8], [1, 8], [7, 2], [9, 9]])
    parts = list(unbroken(numbers, values, most_missing=2))
    assert [number for number, _, _ in parts] == [2, 11]
    np.testing.assert_allclose(parts[0][1], [[0, 8], [1, 8], [3, 6], [5, 4], [7, 2]])
    assert parts[0][2].tolist() == [True, True, False, False, True]
    assert [len(part) for _, part, _ in unbroken(numbers, values)] == [2, 1, 1]


def test_windows_lie_within_one_track_and_their_past_ends_with_what_was_recorded():
    starts = tracks().starts(past=3, future=2)
    assert starts.tolist() == [0, 1, 10, 11, 12]
    assert tracks(missing=[3, 12]).starts(3, 2).tolist() == [0, 11, 12]
    with pytest.raises(ConfigError, match="No track has 5 steps of past and 3 .* longest has 7"):
        tracks().starts(5, 3)


def test_company_is_whoever_is_there_for_the_same_steps():
    assert tracks().in_company(2, 2).tolist() == [False, True, False, True] + [False] * 4


def test_the_pace_is_that_of_steps_within_tracks():
    parts = np.split(VALUES, ENDS[:-1])
    steps = [np.diff(part, axis=0) for part in parts]
    expected = np.sqrt(np.mean(np.concatenate(steps) ** 2))
    np.testing.assert_allclose(tracks().pace, expected, rtol=1e-6)


def test_turned_windows_keep_all_distances():
    some = np.random.default_rng(1).normal(size=(50, 6, 3)).astype("float32")
    found = turned(np.random.default_rng(2), some)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[..., 2], some[..., 2])
    for one, other in zip(found, some, strict=True):
        apart = [np.linalg.norm(x[:, None, :2] - x[None, :, :2], axis=-1) for x in (one, other)]
        np.testing.assert_allclose(*apart, rtol=1e-4, atol=1e-5)
    first, second = some[:, 1, :2] - some[:, 0, :2], some[:, 2, :2] - some[:, 1, :2]
    sides = np.sign(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
    first, second = found[:, 1, :2] - found[:, 0, :2], found[:, 2, :2] - found[:, 1, :2]
    others = np.sign(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
    assert 10 < np.sum(sides != others) < 40  # half of them are mirrored
    assert np.abs(found[0] - some[0]).max() > 0.1


def test_batches_are_changed_the_same_way_whenever_they_are_read():
    how = dict(past=3, future=2, ahead=1, rows=2, change=turned)
    starts = tracks().starts(3, 2)
    first = list(window_batches(VALUES, starts, **how).as_numpy_iterator())
    later = list(window_batches(VALUES, starts, **how, start=1).as_numpy_iterator())
    np.testing.assert_array_equal(first[1][0]["series"], later[0][0]["series"])
    (inputs, labels, _) = first[0]
    np.testing.assert_array_equal(inputs["series"][:, 1:], labels[:, :2])  # one turn for both
    assert not any(
        np.allclose(inputs["series"][0], window) for window in windows(VALUES, starts, 3)
    )


def test_what_data_sets_are_asked_for():
    assert times_of("eth_ucy/zara1") == (8, [12])
    with pytest.raises(ConfigError, match="ett/h1 says no past and horizons"):
        times_of("ett/h1")
    with pytest.raises(UnknownNameError):
        times_of("nowhere/h1")
