"""Scores of a forecaster of positions, against a loop over `forecast`."""

from __future__ import annotations

import numpy as np
import pytest
from small_forecaster import walks
from tiny_datasets import add_eth_ucy

import zoo
from zoo import catalogue
from zoo.data.tracks import Tracks
from zoo.errors import ConfigError
from zoo.inputs import Series
from zoo.metrics.rows import checked_rows
from zoo.metrics.tracks import constant_velocity
from zoo.tasks.forecasting.evaluate_tracks import evaluate_tracks
from zoo.tasks.forecasting.experiment import TrackExperiment

LENGTHS = (24, 21, 22, 5)
ENDS = np.cumsum(LENGTHS)
VALUES = walks(1, sum(LENGTHS), columns=2)[0] * 3
SEEN = np.random.default_rng(3).random(len(VALUES)) > 0.2


@pytest.fixture
def made_up(monkeypatch):
    """Four tracks, the first two of which are there together, with steps not recorded."""
    import zoo.data

    found = Tracks(
        VALUES,
        SEEN,
        ("x", "y"),
        ENDS - LENGTHS,
        ENDS,
        ("a", "a", "b", "b"),
        np.array([0, 2, 0, 4]),
    )
    monkeypatch.setattr(zoo.data, "read_tracks", lambda name, split: found)


def small(**settings):
    scale = Series(("x", "y"), deviation=(0.5, 0.5))
    model = zoo.build("trajectory", units=6, input=scale, dataset="eth_ucy/zara1", **settings)
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * 0.3)
    return model


def test_every_window_of_every_track_is_scored(made_up):
    model = small()
    rows = {row["metric"]: row for row in checked_rows(evaluate_tracks(model), "it")}
    off, simple, within = [], [], []
    begun = {}
    for track, (end, size) in enumerate(zip(ENDS, LENGTHS, strict=True)):
        for begin in range(end - size, end - 19):
            past, future = VALUES[begin : begin + 8], VALUES[begin + 8 : begin + 20]
            seen = SEEN[begin + 8 : begin + 20]
            if not SEEN[begin + 7]:
                continue
            said = model.forecast(past, 12)
            off.append(np.where(seen, np.linalg.norm(np.asarray(said) - future, axis=1), np.nan))
            line = constant_velocity(past[None], 12)[0]
            simple.append(np.where(seen, np.linalg.norm(line - future, axis=1), np.nan))
            held = (np.asarray(said.low) <= future) & (future <= np.asarray(said.high))
            within.append(held[seen])
            place = ("aabb"[track], (0, 2, 0, 4)[track] + begin - (end - size))
            begun.setdefault(place, []).append(len(off) - 1)
    company = [one for some in begun.values() if len(some) > 1 for one in some]
    assert 0 < len(company) < len(off)
    expected = {
        "ADE 12": np.nanmean(off),
        "FDE 12": np.nanmean(np.array(off)[:, -1]),
        "ADE 12 in company": np.nanmean(np.array(off)[company]),
        "ADE 12 of constant velocity": np.nanmean(simple),
        "coverage 12": 100 * np.concatenate(within).mean(),
    }
    for metric, value in expected.items():
        np.testing.assert_allclose(rows[metric]["value"], value, rtol=1e-3, err_msg=metric)
    assert rows["ADE 12"]["sentences"] == len(off)
    assert "FDE 12 of a parabola" in rows and rows["ADE 12"]["direction"] == "lower"


def test_what_cannot_be_scored(made_up):
    with pytest.raises(ConfigError, match="does not say what data set"):
        evaluate_tracks(zoo.build("trajectory", columns=2))
    with pytest.raises(ConfigError, match="has the columns x, y, and .* reads column 1"):
        evaluate_tracks(zoo.build("trajectory", columns=1, dataset="eth_ucy/zara1"))


def test_the_task_has_an_evaluator_and_an_experiment_of_its_own(tiny_mirror):
    assert catalogue.about_of("trajectory")["evaluator"].endswith(":evaluate_tracks")
    add_eth_ucy(tiny_mirror)
    experiment = TrackExperiment("eth_ucy/zara1", 1.0)
    model = zoo.build("trajectory", units=4, **experiment.settings)
    score = experiment.score(model)
    assert 0 < score < 10
    trained = experiment.trained(model)
    trained.compile("adam", experiment.loss)
    experiment._rows = 8
    trained.fit(experiment.batches(1, 0), verbose=0)
    assert experiment.score(model) != score
