"""Numbers over time in the forms in which people have them: arrays, tables of pandas, CSV files.

pandas is never imported here: whoever hands in one of its objects has imported it.
"""

from __future__ import annotations

import calendar
import csv
import dataclasses
import datetime
import itertools
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.errors import ConfigError, MissingFileError

_DATE_NAMES = ("", "date", "dates", "datetime", "day", "ds", "month", "time", "timestamp")


@dataclasses.dataclass(frozen=True)
class Table:
    """Numbers over time.

    Attributes:
        values: float64 `[time, columns]`, NaN where there is none.
        columns: the names of the columns. None: they have none.
        dates: of each row, a list of `datetime` or a `pandas.DatetimeIndex`. None: they have none.
    """

    values: np.ndarray
    columns: tuple[str, ...] | None = None
    dates: Any = None

    def dates_after(self, steps: int) -> list[datetime.datetime] | None:
        """The dates of the steps that follow, at the distance of the last two.

        Dates of one day of their months, or of the last, go on by months, or years. An index of
        pandas that has a frequency goes on by it.

        Args:
            steps: how many.

        Returns:
            A list of as many `datetime`. None: there are fewer than two dates to go by.
        """
        if self.dates is None or len(self.dates) < 2:
            return None
        if hasattr(self.dates, "freq"):
            pandas: Any = sys.modules["pandas"]
            some = self.dates[-20:]
            rule = self.dates.freq
            if rule is None and len(some) > 2:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # that it will be given as another type
                    rule = pandas.infer_freq(some)
            rule = rule or some[-1] - some[-2]
            after = pandas.date_range(some[-1], periods=steps + 1, freq=rule)[1:]
            return after.to_pydatetime().tolist()
        some, last = self.dates[-20:], self.dates[-1]
        months, are_ends = _months_between(some), _are_ends(some)
        if months:
            return [_months_later(last, months * step, are_ends) for step in range(1, steps + 1)]
        distance = last - self.dates[-2]
        return [last + distance * (step + 1) for step in range(steps)]


def _months_between(dates: Sequence[datetime.datetime]) -> int:
    """How many months each date is after the one before it; 0: they do not go by months."""
    counts = [date.year * 12 + date.month for date in dates]
    apart = {later - earlier for earlier, later in itertools.pairwise(counts)}
    is_same = len({(date.day, date.time()) for date in dates}) == 1 or _are_ends(dates)
    return apart.pop() if len(apart) == 1 and is_same else 0


def _are_ends(dates: Sequence[datetime.datetime]) -> bool:
    """Whether each is the last day of its month, at one time of the day."""
    ends = [calendar.monthrange(date.year, date.month)[1] == date.day for date in dates]
    return all(ends) and len({date.time() for date in dates}) == 1


def _months_later(date: datetime.datetime, months: int, at_end: bool) -> datetime.datetime:
    """A date so many months after one: the same day, or the last of its month."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    most = calendar.monthrange(year, month + 1)[1]
    day = most if at_end else min(date.day, most)
    return date.replace(year=year, month=month + 1, day=day)


def is_of_pandas(value: Any) -> bool:
    """Whether it is a Series or DataFrame of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.Series, pandas.DataFrame))


def table_of(item: Any, what: str) -> Table:
    """Brings one item into the form of a table.

    Args:
        item: a `Table`, an array `[time]` or `[time, columns]`, or a Series or DataFrame of pandas.
        what: what messages call it, such as "item 1".

    Raises:
        ConfigError: if its values are no numbers, or it has other axes.
    """
    if isinstance(item, Table):
        return item
    columns = dates = None
    if is_of_pandas(item):
        pandas = sys.modules["pandas"]
        frame = item.to_frame() if isinstance(item, pandas.Series) else item
        columns = tuple(str(name) for name in frame.columns)
        if isinstance(item, pandas.Series) or columns == tuple(map(str, range(len(columns)))):
            columns = None
        dates = frame.index if isinstance(frame.index, pandas.DatetimeIndex) else None
        item = frame.to_numpy()
    values = np.asarray(item)
    try:
        if values.dtype.kind not in "biufO":
            raise ValueError
        values = values.astype("float64")
    except (TypeError, ValueError):
        raise ConfigError(
            f"{what} holds values of the type {values.dtype}, which are no numbers: give numbers, "
            "without the columns of dates and names."
        ) from None
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise ConfigError(f"{what} has the shape {list(values.shape)}: give [time, columns].")
    return Table(values, columns, dates)


def read_table(path: str | Path, gaps: bool = False) -> Table:
    """Reads a CSV file: a row a step, a column a series, cells separated by commas.

    A first row that is not of numbers names the columns. A first column that is not of numbers, or
    that is called "date" or the like, has dates in ISO form, such as 2016-07-01 13:00:00. An empty
    cell is a missing number.

    Args:
        path: of the file, in UTF-8.
        gaps: whether a row of empty cells is a step, of which everything is missing. Else it is
            left out; a line without cells always is.

    Returns:
        What is in it.

    Raises:
        MissingFileError: if there is no such file.
        ConfigError: if it is no such table; the message names the line.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = [
                (number, row)
                for number, row in enumerate(csv.reader(file), 1)
                if gaps and row or any(row)
            ]
    except FileNotFoundError:
        raise MissingFileError(f"There is no file {str(path)!r}.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path} cannot be read as a CSV file in UTF-8 ({error}).") from error
    if not rows:
        raise ConfigError(f"{path} is empty: give a CSV file with a row for each step.")
    names: Sequence[str] | None = None
    if not all(_is_number(cell) or not cell.strip() for cell in rows[0][1][1:] or rows[0][1]):
        names = [name.strip() for name in rows[0][1]]
        rows = rows[1:]
    width = len(names if names is not None else rows[0][1])
    for number, row in rows:
        if len(row) != width:
            raise ConfigError(
                f"Line {number} of {path} has {len(row)} cells, and not {width}: give each row as "
                "many, separated by commas."
            )
    has_dates = width > 1 and (
        (names is not None and names[0].lower() in _DATE_NAMES)
        or not all(_is_number(row[0]) or not row[0].strip() for _, row in rows)
    )
    first = 1 if has_dates else 0
    values = [[_number(cell, number, path) for cell in row[first:]] for number, row in rows]
    dates = [_date(row[0], number, path) for number, row in rows] if has_dates else None
    columns = None if names is None else tuple(names[first:])
    return Table(np.array(values, "float64").reshape(-1, width - first), columns, dates)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(cell: str, line: int, path: Any) -> float:
    if not cell.strip():
        return float("nan")
    if not _is_number(cell):
        raise ConfigError(f"Line {line} of {path} has {cell[:40]!r} where a number should be.")
    return float(cell)


def _date(cell: str, line: int, path: Any) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(cell.strip())
    except ValueError:
        raise ConfigError(
            f"Line {line} of {path} has the date {cell[:40]!r}: write it as in 2016-07-01 13:00:00."
        ) from None
