"""ETT: the splits of a small table, and those of the real one where it is."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from tiny_datasets import add_ett

from zoo.data import read_series
from zoo.data.sets import ett
from zoo.errors import DamagedFileError


def test_splits_follow_each_other(tiny_mirror, monkeypatch):
    add_ett(tiny_mirror)
    splits = ett.read_splits("ETTh1")
    assert [len(rows) for rows in splits.values()] == [12 * 720, 4 * 720, 4 * 720]
    date = datetime.datetime(2016, 7, 1)
    for split, hours in (("train", 0), ("validation", 8640), ("test", 11520)):
        begins, values = splits[split][0]
        assert begins == str(date + datetime.timedelta(hours=hours))
        np.testing.assert_allclose(values, [hours % 24 + column for column in range(7)])


def test_the_series_of_all_splits(tiny_mirror):
    add_ett(tiny_mirror)
    series = read_series("ett/h2")
    assert series.values.shape == (14400, 7) and series.columns[-1] == "OT"
    assert (series.begins["test"], series.ends["test"]) == (11520, 14400)
    np.testing.assert_allclose(series.part("test")[25], np.arange(7) + 1)


def test_a_file_that_is_cut_short(tiny_mirror):
    add_ett(tiny_mirror, hours=100)
    with pytest.raises(DamagedFileError, match="ETTh1.csv is damaged: it has no dates, or under"):
        ett.read_splits("ETTh1")


def test_the_real_file(data_mirror):
    series = read_series("ett/h1")
    assert series.values.shape == (14400, 7)
    np.testing.assert_allclose(series.values[0, [0, 6]], [5.827, 30.531], rtol=1e-4)
