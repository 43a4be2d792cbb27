"""Series: what is taken for one, its scale, dates that go on, and what is refused in a sentence."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import Series, Table, scaling_of

HOUR = datetime.timedelta(hours=1)
BEGIN = datetime.datetime(2016, 7, 1)


@pytest.fixture
def series():
    return Series(("load", "heat"), (10.0, -1.0), (2.0, 0.5))


@pytest.fixture
def pandas():
    return pytest.importorskip("pandas")


def test_arrays_are_brought_to_one_scale(series):
    (item,) = series.prepare([np.array([[12, -1], [8, 0]])])
    np.testing.assert_array_equal(item["series"], [[1, 0], [-1, 2]])
    assert item["series"].dtype == np.float32 and item["lengths"] == 2
    np.testing.assert_array_equal(series.unscaled(item["series"]), [[12, -1], [8, 0]])


def test_a_single_column_needs_no_second_axis():
    (item,) = Series(["load"]).prepare([np.arange(3)])
    assert item["series"].tolist() == [[0], [1], [2]]


def test_the_scale_of_a_training_part():
    values = np.array([[1.0, 5], [3, 5]])
    scale = scaling_of(values, ("a", "b"))
    assert scale.mean == [2, 5] and scale.deviation == [1, 1]  # the second stays the same


@pytest.mark.parametrize(
    "item, said",
    [
        (np.ones((3, 3)), "Item 2 has 3 columns, and the model reads 2 columns: load, heat."),
        (np.ones(3), "Item 2 has 1 column, and"),
        (np.ones((1, 3, 2)), "Item 2 has the shape"),
        (np.array([["a", "b"]]), "Item 2 holds values of the type <U1"),
        (np.array([[1.0, 2], [3, np.nan]]), "no number in column 'heat' at step 1: fill it"),
        (np.array([[1.0, np.inf]]), "no number in column 'heat' at step 0"),
        (Table(np.ones((1, 2)), ("load", "cold")), "Item 2 has no column 'heat': the model reads"),
        (
            Table(np.array([[np.nan, 0]]), None, [BEGIN]),
            "column 'load' at step 0 (2016-07-01 00:00:00)",
        ),
    ],
)
def test_what_is_wrong_is_said(series, item, said):
    with pytest.raises(ConfigError) as caught:
        series.prepare([np.ones((4, 2)), item])
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_no_item(series):
    with pytest.raises(ConfigError, match="forecast wants an array .* not a list with a str in it"):
        series.check("forecast", ["a"])
    assert not series.is_item([1.0, 2.0])


def test_settings_that_cannot_be():
    for settings in ((),), (("a",), (0.0, 1.0)), (("a",), (0.0,), (0.0,)):
        with pytest.raises(ConfigError):
            Series(*settings)


# Tables -----------------------------------------------------------------------------------------


def test_columns_of_a_table_are_put_in_order(series):
    table = Table(np.array([[0.0, 7, 12]]), ("heat", "wind", "load"))
    (item,) = series.prepare([table])
    assert item["series"].tolist() == [[1, 2]]


def test_a_csv_file(tmp_path, series):
    path = tmp_path / "a.csv"
    path.write_text("date,load,heat\n2016-07-01 00:00:00,12,-1\n2016-07-01 01:00:00,8,\n")
    table = series.read(str(path))
    assert table.columns == ("load", "heat") and table.dates == [BEGIN, BEGIN + HOUR]
    np.testing.assert_array_equal(table.values, [[12, -1], [8, np.nan]])
    assert table.dates_after(2) == [BEGIN + 2 * HOUR, BEGIN + 3 * HOUR]
    with pytest.raises(ConfigError, match="column 'heat' at step 1 .2016-07-01 01:00:00."):
        series.prepare([table])


def test_a_csv_file_without_names_or_dates(tmp_path, series):
    path = tmp_path / "a.csv"
    path.write_text("1,2\n3,4\n\n")
    table = series.read(str(path))
    assert table.columns is None and table.dates is None and table.dates_after(3) is None
    assert table.values.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "before, after",
    [
        (["2020-11-01", "2020-12-01"], ["2021-01-01", "2021-02-01", "2021-03-01"]),
        (["2020-01-31", "2020-02-29"], ["2020-03-31", "2020-04-30", "2020-05-31"]),
        (["2022-12-30", "2023-01-30"], ["2023-02-28", "2023-03-30", "2023-04-30"]),
        (["2020-03-28", "2020-06-28"], ["2020-09-28", "2020-12-28", "2021-03-28"]),
        (["2018-05-03", "2019-05-03"], ["2020-05-03", "2021-05-03", "2022-05-03"]),
        (["2020-01-01", "2020-01-08"], ["2020-01-15", "2020-01-22", "2020-01-29"]),
        (["2020-01-01", "2020-02-01", "2020-03-02"], ["2020-04-01", "2020-05-01", "2020-05-31"]),
        (["2020-01-01", "2020-01-01"], ["2020-01-01", "2020-01-01", "2020-01-01"]),
    ],
)
def test_dates_go_on_by_months_where_they_came_so(before, after):
    dates = [datetime.datetime.fromisoformat(date) for date in before]
    table = Table(np.zeros((len(dates), 1)), None, dates)
    assert [f"{date:%Y-%m-%d}" for date in table.dates_after(3)] == after


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "is empty"),
        ("a,b\n1,2\n3\n", "Line 3 of .* has 1 cells, and not 2"),
        ("a,b\n1,2\n3,x\n", "Line 3 of .* has 'x' where a number should be"),
        ("date,b\n1/2/2016,2\n", "Line 2 of .* has the date '1/2/2016'"),
        (b"\xff\xfe\x00", "cannot be read as a CSV file in UTF-8"),
    ],
)
def test_a_damaged_csv_file(tmp_path, text, said):
    path = tmp_path / "a.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError, match=said):
        Series.read(str(path))


def test_a_csv_file_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError, match="There is no file"):
        Series.read(str(tmp_path / "a.csv"))


# pandas -----------------------------------------------------------------------------------------


def test_a_data_frame(series, pandas):
    index = pandas.date_range("2016-01-31", periods=4, freq="ME", tz="Europe/Paris")
    frame = pandas.DataFrame({"heat": [0, 0, 0, 1.0], "x": "?", "load": 12}, index=index)
    (table,) = series.tables([frame[["heat", "load"]]])
    assert table.values.tolist()[-1] == [12, 1]
    after = table.dates_after(2)
    assert [f"{date:%Y-%m-%d %z}" for date in after] == ["2016-05-31 +0200", "2016-06-30 +0200"]
    with pytest.raises(ConfigError, match="holds values of the type object|no numbers"):
        series.tables([frame])


def test_a_series_of_pandas(pandas):
    values = pandas.Series([1.0, 2], index=pandas.to_datetime(["2020-01-01", "2020-01-02"]))
    (table,) = Series(["load"]).tables([values])
    assert table.values.tolist() == [[1], [2]]
    assert table.dates_after(1) == [datetime.datetime(2020, 1, 3)]


def test_a_frame_without_names_is_taken_by_place(series, pandas):
    (table,) = series.tables([pandas.DataFrame([[1, 2], [3, 4]])])
    assert table.values.tolist() == [[1, 2], [3, 4]] and table.dates is None


# In the graph -----------------------------------------------------------------------------------


def test_the_graph_makes_the_same_arrays(series):
    tf = pytest.importorskip("tensorflow")
    items = [np.array([[12, -1], [8, 0.0]]), np.array([[9, 9.0]]), np.zeros((0, 2))]
    raw = {name: tf.constant(value) for name, value in series.raw_of(items).items()}
    found = series.in_graph({**raw, "series": raw["series"] + 0})
    for row, item in zip(found["series"].numpy(), series.prepare(items), strict=True):
        np.testing.assert_allclose(row[: len(item["series"])], item["series"])
        assert not row[len(item["series"]) :].any()
    assert found["lengths"].numpy().tolist() == [2, 1, 0]
