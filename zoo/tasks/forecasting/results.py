"""What forecasting returns: the values that are expected, and how far they may be off."""

from __future__ import annotations

import csv
import datetime
import io
import sys
from collections.abc import Sequence
from typing import Any

from zoo.errors import ConfigError

Rows = list[list[float]]


class Forecast(list):
    """The expected values, a list of numbers for each step; NumPy takes it as `[steps, columns]`.

    Attributes:
        columns: the names of the series.
        low, high: like the values, the ends of an interval for each; None: there are none.
        interval: the probability of the interval.
        samples: futures that were drawn, each like the values. Empty where none were asked for.
        dates: of the steps, `datetime`. None: the past had none.
    """

    def __init__(
        self,
        values: Sequence[Sequence[float]],
        columns: Sequence[str],
        low: Rows | None = None,
        high: Rows | None = None,
        interval: float = 0.8,
        samples: Sequence[Rows] = (),
        dates: list[datetime.datetime] | None = None,
    ):
        super().__init__(values)
        self.columns = list(columns)
        self.low, self.high, self.interval = low, high, interval
        self.samples = list(samples)
        self.dates = dates

    def to_json(self) -> dict[str, Any]:
        """Plain data: `columns`, `forecast`, `low`, `high`, `interval`, `samples`, `dates`."""
        found: dict[str, Any] = {"columns": self.columns, "forecast": [list(row) for row in self]}
        if self.low is not None:
            found |= {"low": self.low, "high": self.high, "interval": self.interval}
        if self.samples:
            found["samples"] = self.samples
        if self.dates is not None:
            found["dates"] = [date.isoformat(" ") for date in self.dates]
        return found

    def to_frame(self) -> Any:
        """The values as a `pandas.DataFrame`, its index the dates where there are some.

        Raises:
            ConfigError: if pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise ConfigError("A DataFrame is made by pandas: pip install pandas.") from None
        index = None if self.dates is None else pandas.DatetimeIndex(self.dates)
        return pandas.DataFrame([list(row) for row in self], index=index, columns=self.columns)

    def csv(self) -> str:
        """The values as lines of CSV, each number with six digits, under the columns' names."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        has_dates = self.dates is not None
        writer.writerow([*["date"] * has_dates, *self.columns])
        for number, row in enumerate(self):
            date = [self.dates[number].isoformat(" ")] if self.dates is not None else []
            writer.writerow([*date, *(f"{value:.6g}" for value in row)])
        return text.getvalue()

    def _repr_html_(self) -> str:
        """A table, where pandas is imported already; else lines of CSV."""
        if "pandas" in sys.modules:
            return self.to_frame()._repr_html_()
        from html import escape

        return f"<pre>{escape(self.csv())}</pre>"
