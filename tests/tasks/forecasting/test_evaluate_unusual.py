"""Scores of a detector, against pairs counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from small_forecaster import SCALE, walks

import zoo
from zoo import catalogue
from zoo.data.faults import plant
from zoo.data.series import SplitSeries
from zoo.errors import ConfigError
from zoo.metrics.rows import checked_rows
from zoo.tasks.forecasting.evaluate_unusual import (
    area,
    evaluate_unusual,
    likelihood,
    unusual_scores,
)

VALUES = SCALE.unscaled(walks(1, 2400)[0]).astype("float32")
BEGINS = {"train": 0, "validation": 800, "test": 1000}
ENDS = {"train": 800, "validation": 1000, "test": 2400}


@pytest.fixture
def made_up(monkeypatch):
    import zoo.data

    found = SplitSeries(VALUES, ("load", "heat"), BEGINS, ENDS)
    monkeypatch.setattr(zoo.data, "read_series", lambda name: found)


def by_pairs(scores, is_fault):
    """The share of pairs in which the step with a fault has the higher score."""
    first, second = scores[is_fault][:, None], scores[~is_fault][None]
    return float(((first > second) + 0.5 * (first == second)).mean())


def test_the_area_is_a_share_of_pairs():
    rng = np.random.default_rng(0)
    scores, is_fault = rng.integers(0, 9, 200).astype(float), rng.random(200) < 0.3
    np.testing.assert_allclose(area(scores, is_fault), by_pairs(scores, is_fault))


def test_planted_faults_are_scored(made_up):
    model = zoo.build("anomaly", units=4, input=SCALE, dataset="made up")
    rows = {row["metric"]: row for row in checked_rows(evaluate_unusual(model), "it")}
    found = {metric: value for metric, value, _ in unusual_scores(model, "it", "test", (3,))}
    planted = plant(VALUES[664:], VALUES[:800].std(axis=0), 3, first=336 + 24)
    scores = np.asarray(model.unusual(planted.values))[336:]
    kinds, is_fault = planted.kinds[336:], planted.is_fault[336:]
    np.testing.assert_allclose(found["AUC"], by_pairs(scores, is_fault), rtol=1e-6)
    some = ~is_fault | (kinds == "drift")
    np.testing.assert_allclose(found["AUC drift"], by_pairs(scores[some], is_fault[some]))
    np.testing.assert_allclose(found["false alarms"], 100 * np.mean(scores[~is_fault] > 1))
    alone = [unusual_scores(model, "it", "test", (seed,))[0][1] for seed in range(5)]
    np.testing.assert_allclose(rows["AUC"]["value"], np.mean(alone))
    assert rows["false alarms"]["direction"] == "lower" and rows["AUC"]["sentences"] == 5 * 1400


def test_the_likelihood_is_that_of_the_steps_of_the_split(made_up):
    model = zoo.build("anomaly", units=4, input=SCALE)
    values = SCALE.scaled(VALUES[464:1000])[None]
    parameters = np.asarray(model({"series": values, "lengths": np.array([536])}))[0]
    total = []
    for step in range(336, 536):
        mean, log_deviation = np.moveaxis(parameters[step - 1], -1, 0)
        off = (values[0, step] - mean) / np.exp(log_deviation)
        total.append(np.mean(off**2 / 2 + log_deviation + np.log(2 * np.pi) / 2))
    np.testing.assert_allclose(likelihood(model, "it", "validation"), np.mean(total), rtol=1e-4)


def test_what_cannot_be_scored(made_up):
    with pytest.raises(ConfigError, match="does not say what data set"):
        evaluate_unusual(zoo.build("anomaly", columns=2))
    with pytest.raises(ConfigError, match="has the columns load, heat"):
        unusual_scores(zoo.build("anomaly", columns=2), "it", "test", (0,))
    assert catalogue.about_of("anomaly")["evaluator"].endswith(":evaluate_unusual")
