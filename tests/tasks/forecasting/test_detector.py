"""What is unusual in series: errors and scores by loops of NumPy, what is normal, files."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from keras import ops
from quick import quick
from small_forecaster import SCALE, walks

import zoo
from zoo.errors import ConfigError
from zoo.inputs.table import Table
from zoo.tasks.forecasting.anomaly import learn_normal
from zoo.tasks.unusual import Unusual

SERIES = walks(3, 14)
LENGTHS = np.array([14, 9, 1], "int32")


def small(seed: int = 0, **config):
    model = zoo.build("anomaly", units=6, input=SCALE, dropout=0.0, **config)
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * 0.3)
    return model


def errors_of(model, series):
    """Errors of each step, a past being read as far as it was believed."""
    read, found = np.zeros(series.shape, "float32"), [np.zeros(series.shape[1])]
    read[0] = series[0]
    for step, value in enumerate(series[1:], 1):
        past = {"series": read[None], "lengths": np.array([step], "int32")}  # padding follows it
        parameters = ops.convert_to_numpy(quick(model, model)(past))[0, step - 1]
        mean, log_deviation = np.moveaxis(parameters, -1, 0)
        deviation = np.exp(log_deviation) if model.deviations is None else model.deviations
        off = (value - mean) / deviation
        found.append(off)
        read[step] = mean + deviation * np.clip(off, -model.reach, model.reach)
    return np.array(found)


def scores_of(model, series):
    errors, precision = errors_of(model, series), model.precision
    precision = np.eye(series.shape[1]) if precision is None else np.array(precision)
    squares = np.einsum("ti,ij,tj->t", errors, precision, errors)
    low, middle, high = model.limits
    found = [0.0]
    for step in range(1, len(series)):
        begin = step - model.window // 2
        average = squares[max(begin, 1) : begin + model.window].mean()
        off = np.log(average / middle)
        found.append(max(off / np.log(high / middle), off / np.log(low / middle)))
    return found


@pytest.mark.parametrize(
    "config", [{}, {"window": 1, "reach": 2.0}, {"deviations": [0.3, 0.2], "layers": 2}]
)
def test_scores_are_those_of_a_loop(config):
    model = small(**{key: value for key, value in config.items() if key != "deviations"})
    model.deviations = config.get("deviations")
    model.precision = [[2.0, 0.5], [0.5, 1.0]]
    model.bounds = [0.3, 1.5, 4.0]
    found = ops.convert_to_numpy(model.scores(SERIES, LENGTHS))
    for scores, series, length in zip(found, SERIES, LENGTHS, strict=True):
        expected = scores_of(model, series[:length])
        np.testing.assert_allclose(scores[:length], expected, rtol=2e-3, atol=1e-4)
        assert not scores[length:].any()


def test_a_list_gives_what_its_series_give_with_their_dates():
    model = small()
    series = [SCALE.unscaled(SERIES[0]), SCALE.unscaled(SERIES[1, :9]), SERIES[0, :0]]
    found = model.unusual(series)
    assert [len(one) for one in found] == [14, 9, 0]
    np.testing.assert_allclose(found[0], scores_of(model, SERIES[0]), rtol=2e-3, atol=1e-4)
    np.testing.assert_allclose(model.unusual(series[1]), found[1], rtol=1e-4, atol=1e-5)
    dates = [datetime.datetime(2026, 1, 1, hour) for hour in range(14)]
    dated = model.unusual(Table(series[0], None, dates))
    assert dated.dates == dates and dated.to_json()["dates"][1] == "2026-01-01 01:00:00"
    assert dated.csv().splitlines()[0] == "date,score,unusual"
    with pytest.raises(ConfigError, match="no number in column 'heat' at step 1"):
        model.unusual(np.array([[1.0, 2.0], [3.0, np.nan]]))


def test_of_normal_data_one_step_in_a_hundred_is_unusual():
    model = small()
    normal = SCALE.unscaled(walks(1, 1000, seed=6)[0])
    learn_normal(model, normal, skipped=100)
    scores = np.asarray(model.unusual(normal))[100:]
    assert 0.005 < (scores > 1).mean() < 0.015
    compiled = model.compiled_over_arrays(lambda *arrays: (model.errors(*arrays),))
    errors = compiled(SCALE.scaled(normal)[None], np.array([1000], "int32"))[0][0, 100:]
    squares = np.einsum("ti,ij,tj->t", errors, np.array(model.precision), errors)
    kept = errors[squares <= np.quantile(squares, 0.95)]
    covariance = np.linalg.inv(np.array(model.precision))
    np.testing.assert_allclose(np.cov(kept.T), covariance, rtol=0.2, atol=0.05)


def test_a_file_keeps_what_is_normal(tmp_path):
    model = small(window=4, reach=1.0)
    model.precision, model.bounds = [[2.0, 0.5], [0.5, 1.0]], [0.3, 1.5, 4.0]
    model.deviations = [0.3, 0.2]
    zoo.save(model, tmp_path / "it.keras", dtype=None)
    again = zoo.load(tmp_path / "it.keras")
    assert (again.window, again.reach, again.bounds) == (4, 1.0, [0.3, 1.5, 4.0])
    series = SCALE.unscaled(SERIES[0])
    np.testing.assert_allclose(again.unusual(series), model.unusual(series), rtol=1e-5)


def test_what_is_refused():
    with pytest.raises(ConfigError, match="needs columns=..., or input"):
        zoo.build("anomaly")
    with pytest.raises(ConfigError, match="columns is 3, and the input has 2"):
        zoo.build("anomaly", columns=3, input=SCALE)
    with pytest.raises(ConfigError, match="window and reach are above 0"):
        zoo.build("anomaly", columns=1, window=0)
    with pytest.raises(ConfigError, match="step by step"):
        zoo.build("anomaly", columns=1, patch=2)


def test_spans_and_lines():
    found = Unusual([0.0, 1.5, 2.0, 1.0])
    assert found.flags == [False, True, True, False] and found.spans == [(1, 3)]
    assert found.csv() == "score,unusual\n0,0\n1.5,1\n2,1\n1,0\n"
    assert found.to_json() == {"scores": [0.0, 1.5, 2.0, 1.0], "spans": [[1, 3]]}
