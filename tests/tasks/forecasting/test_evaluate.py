"""Scores of a forecaster: every window of the split, against a loop over `forecast`."""

from __future__ import annotations

import numpy as np
import pytest
from small_forecaster import small_forecaster, walks

from zoo import catalogue
from zoo.data.series import SplitSeries, window_batches, window_starts, windows
from zoo.errors import ConfigError
from zoo.inputs import Series
from zoo.metrics.rows import checked_rows
from zoo.tasks.forecasting.evaluate import evaluate_forecaster

SCALE = Series(("load", "heat"), (10.0, -3.0), (4.0, 0.5))
VALUES = SCALE.unscaled(walks(1, 70)[0]).astype("float32")
ENDS = {"train": 40, "validation": 50, "test": 70}
BEGINS = {"train": 0, "validation": 40, "test": 50}


@pytest.fixture
def made_up(monkeypatch):
    """A data set of 70 steps, whose last 20 are the test split."""
    import zoo.data

    found = SplitSeries(VALUES, ("load", "heat"), BEGINS, ENDS)
    monkeypatch.setattr(zoo.data, "read_series", lambda name: found)


def test_every_window_of_the_split_is_scored(made_up):
    model = small_forecaster(context=12, dataset="made up")
    model.spread = [[1.5, 2.0]]
    rows = checked_rows(evaluate_forecaster(model, horizons=(6, 21)), "it")
    scaled = (VALUES - SCALE.mean) / SCALE.deviation
    off, within = [], []
    for begin in range(50, 65):  # futures of 6 steps that end by step 70
        found = model.forecast(VALUES[:begin], 6)
        values = (np.asarray(found) - SCALE.mean) / SCALE.deviation
        off.append(scaled[begin : begin + 6] - values)
        truth = VALUES[begin : begin + 6]
        within.append((np.asarray(found.low) <= truth) & (truth <= np.asarray(found.high)))
    assert [row["metric"] for row in rows] == ["MSE 6", "MAE 6", "coverage 6"]  # 21 do not fit
    assert all(row["sentences"] == 15 and row["split"] == "test" for row in rows)
    expected = [np.square(off).mean(), np.abs(off).mean(), 100 * np.mean(within)]
    np.testing.assert_allclose([row["value"] for row in rows], expected, rtol=1e-3)


def test_what_cannot_be_scored(made_up):
    with pytest.raises(ConfigError, match="does not say what data set"):
        evaluate_forecaster(small_forecaster())
    with pytest.raises(ConfigError, match="has the columns load, heat, and .* reads a, b"):
        evaluate_forecaster(small_forecaster(input=Series(("a", "b"))), datasets=["made up"])


# Windows ----------------------------------------------------------------------------------------


def test_windows_of_a_split():
    starts = window_starts(50, 70, past=12, future=6)
    assert starts.tolist() == [*range(38, 53)]
    some = windows(VALUES, starts[:2], 18)
    np.testing.assert_array_equal(some, [VALUES[38:56], VALUES[39:57]])
    with pytest.raises(ConfigError, match="do not fit into a series of 70 steps"):
        window_starts(60, 70, past=12, future=60)


def test_batches_of_windows():
    starts = window_starts(0, 40, past=9, future=6)
    how = dict(past=9, future=6, ahead=3, rows=4, past_weight=0.5, seed=3)
    batches = list(window_batches(VALUES, starts, **how).as_numpy_iterator())
    assert len(batches) == len(starts) // 4
    begun = []
    for inputs, labels, weights in batches:
        for row, label in zip(inputs["series"], labels, strict=True):
            (begin,) = np.flatnonzero(VALUES[:, 0] == row[0, 0])
            begun.append(begin)
            np.testing.assert_array_equal(row, VALUES[begin : begin + 9])
            np.testing.assert_array_equal(label, VALUES[begin + 3 : begin + 15])
        assert inputs["lengths"].tolist() == [9] * 4
        np.testing.assert_allclose(weights[0, -1], 2 * weights[0, 0])
        np.testing.assert_allclose(weights.mean(), 1, rtol=1e-6)
    assert len(set(begun)) == len(begun) and set(begun) <= set(starts.tolist())
    later = list(window_batches(VALUES, starts, **how, start=2).as_numpy_iterator())
    np.testing.assert_array_equal(later[0][1], batches[2][1])
    other = list(window_batches(VALUES, starts, **how, epoch=1).as_numpy_iterator())
    assert not np.array_equal(other[0][1], batches[0][1])
    with pytest.raises(ConfigError, match="cannot start at number 99"):
        window_batches(VALUES, starts, **how, start=99)


def test_the_evaluator_is_that_of_the_topology():
    assert catalogue.about_of("forecast")["evaluator"].endswith(":evaluate_forecaster")
