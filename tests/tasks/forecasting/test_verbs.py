"""`forecast`: one or many, in the units of the past, with dates, intervals and draws."""

from __future__ import annotations

import datetime
import json
from statistics import NormalDist

import numpy as np
import pytest
from small_forecaster import SCALE, small_forecaster, walks

from zoo.errors import ConfigError
from zoo.inputs import Table
from zoo.tasks import Forecast

BEGIN, DAY = datetime.datetime(2020, 1, 1), datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def model():
    found = small_forecaster(context=12)
    found.spread = [[1.5, 2.0], [3.0, 4.0]]
    return found


@pytest.fixture(scope="module")
def pasts():
    return [SCALE.unscaled(walks(1, time, seed=time)[0]) for time in (20, 5, 13, 0, 40)]


def test_values_and_intervals_are_those_of_the_arrays_in_other_units(model, pasts):
    found = model.forecast(pasts[0], 7, interval=0.5)
    series = SCALE.scaled(pasts[0][-12:])[None]
    values, deviations = (x[0, :7] for x in model.expected(series, np.array([12], "int32"), 3))
    scale = np.array(SCALE.deviation)
    beside = NormalDist().inv_cdf(0.75) * model.widths(7) * deviations * scale
    expected = values * scale + SCALE.mean
    for one, other in ((found, expected), (found.low, expected - beside)):
        np.testing.assert_allclose(np.asarray(one), other, rtol=1e-5)
    np.testing.assert_allclose(np.asarray(found.high), expected + beside, rtol=1e-5)
    assert isinstance(found, Forecast) and isinstance(found[0][0], float) and len(found) == 7


def test_a_list_gives_what_its_pasts_give_one_by_one(model, pasts):
    listed = model.forecast(pasts, 5)
    for one, past in zip(listed, pasts, strict=True):
        np.testing.assert_allclose(one, model.forecast(past, 5), rtol=1e-4, atol=1e-4)
    assert model.forecast([], 5) == []


def test_draws_of_a_seed_are_the_same_in_any_list(model, pasts):
    first = model.forecast(pasts[0], 5, samples=3, seed=7)
    assert np.asarray(first.samples).shape == (3, 5, 2)
    listed = model.forecast(pasts, 5, samples=3, seed=7)
    np.testing.assert_allclose(listed[0].samples, first.samples, rtol=1e-4)
    assert not np.allclose(listed[0].samples, listed[2].samples)
    other = model.forecast(pasts[0], 5, samples=3, seed=8)
    assert not np.allclose(other.samples, first.samples)
    assert model.forecast(pasts[0], 5).samples == []


def test_draws_scatter_as_the_head_says(model, pasts):
    """In the first patch nothing drawn has been read yet, so that draws are normal."""
    found = model.forecast(pasts[0], 3, samples=600, seed=1)
    series = SCALE.scaled(pasts[0][-12:])[None]
    inputs = {"series": series, "lengths": np.array([12], "int32")}
    deviations = np.exp(model.predict(inputs, verbose=0)[0, -3:, :, 1])
    drawn = np.asarray(found.samples)
    np.testing.assert_allclose(drawn.std(0), deviations * SCALE.deviation, rtol=0.12)
    np.testing.assert_allclose(drawn.mean(0), found, atol=0.2 * np.max(SCALE.deviation))


def test_dates_go_on(model, pasts):
    dates = [BEGIN + n * DAY for n in range(20)]
    found = model.forecast(Table(pasts[0], None, dates), 2)
    assert found.dates == [BEGIN + 20 * DAY, BEGIN + 21 * DAY]
    assert found.csv().splitlines()[1].startswith("2020-01-21 00:00:00,")
    said = json.loads(json.dumps(found.to_json()))
    assert said["dates"][1] == "2020-01-22 00:00:00" and said["columns"] == ["load", "heat"]
    assert said["forecast"] == list(found) and said["low"] == found.low


def test_a_data_frame_comes_back_as_one(model, pasts):
    pandas = pytest.importorskip("pandas")
    index = pandas.date_range("2020-01-01", periods=20, freq="h")
    frame = pandas.DataFrame(pasts[0][:, ::-1], index=index, columns=["heat", "load"])
    found = model.forecast(frame, 4)
    assert list(found) == list(model.forecast(pasts[0], 4))
    again = found.to_frame()
    assert again.index[0] == pandas.Timestamp("2020-01-01 20:00") and list(again) == SCALE.columns
    np.testing.assert_array_equal(again.to_numpy(), np.asarray(found))
    assert model.forecast(found.to_frame(), 1).dates == [datetime.datetime(2020, 1, 2)]


def test_without_dates_there_are_none(model, pasts):
    found = model.forecast(pasts[0], 2)
    assert found.dates is None and "dates" not in found.to_json()
    assert found.csv().splitlines()[0] == "load,heat" and len(found.csv().splitlines()) == 3


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("a.csv", 3), "forecast wants an array .* not a str"),
        (([[1.0, 2.0]], 3), "not a list with a list in it"),
        ((np.full((3, 2), np.nan), 3), "no number in column 'load' at step 0"),
        ((np.ones((3, 2)), 0), "steps must be a whole number from 1"),
        ((np.ones((3, 2)), 2.5), "steps must be"),
    ],
)
def test_what_is_wrong_is_said(model, arguments, said):
    with pytest.raises(ConfigError, match=said):
        model.forecast(*arguments)
    with pytest.raises(ConfigError, match="interval is above 0 and below 1, not 1"):
        model.forecast(np.ones((3, 2)), 2, interval=1.0)


def test_keys_of_a_piano():
    """Expected are keys that rather sound than not; draws are zeros and ones."""
    piano = small_forecaster(head="bernoulli", joint=True, patch=1, columns=2, input=None)
    found = piano.forecast((walks(1, 9)[0] > 0).astype("float32"), 6, samples=4, seed=0)
    assert set(np.unique(found.samples)) <= {0.0, 1.0} and set(np.unique(found)) <= {0.0, 1.0}
    assert np.unique(found.samples).size == 2
