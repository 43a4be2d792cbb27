"""The picture of a forecast: past, what is expected, and the interval, where they belong."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from zoo.diagnostics.forecasts import Foreseen, draw
from zoo.errors import ConfigError

STEPS = np.arange(8.0)[:, None] * [1, -1]


def foreseen(**settings):
    values = np.full((4, 2), 3.0)
    found = Foreseen("a.csv", ("x", "y"), STEPS, values, values - 1, values + 1, 0.8, None)
    return found._replace(**settings)


def test_what_is_drawn_where(tmp_path, figures):
    draw([foreseen()], tmp_path / "a.png")
    upper, lower = figures[0].axes
    past, expected = upper.lines
    np.testing.assert_array_equal(past.get_xdata(), np.arange(-8, 0))
    np.testing.assert_array_equal(past.get_ydata(), np.arange(8))
    np.testing.assert_array_equal(expected.get_xdata(), np.arange(4))
    (band,) = upper.collections
    corners = band.get_paths()[0].vertices
    assert (corners[:, 1].min(), corners[:, 1].max()) == (2, 4)
    assert (upper.get_ylabel(), lower.get_ylabel()) == ("x", "y")
    np.testing.assert_array_equal(lower.lines[0].get_ydata(), -np.arange(8))
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_of_a_long_past_its_end_with_dates(tmp_path, figures):
    begin, day = datetime.datetime(2020, 1, 1), datetime.timedelta(days=1)
    past = np.arange(20.0)[:, None] * [1, 1]
    draw([foreseen(past=past, dates=[begin + n * day for n in range(24)])], tmp_path / "a.svg")
    line, expected = figures[0].axes[0].lines
    assert list(line.get_ydata()) == list(range(8, 20))  # three steps for each that is forecast
    assert expected.get_xdata()[0] == begin + 20 * day


def test_what_cannot_be_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    with pytest.raises(ConfigError, match="no series was forecast"):
        draw([], tmp_path / "a.png")
    with pytest.raises(ConfigError, match="cannot be drawn"):
        draw([foreseen()], tmp_path / "a.nothing")
    assert not list(tmp_path.iterdir())
