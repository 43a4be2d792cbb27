"""What a forecaster does with a past: it says what comes next, and how sure it is.

A mixin over a model's `expected` and `drawn`, which work on arrays.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from statistics import NormalDist
from typing import Annotated, Any

import numpy as np

from zoo.checked import Between, Count, checked
from zoo.errors import ConfigError
from zoo.tasks.forecasting.results import Forecast, Rows
from zoo.tasks.forecasting.series_stream import SeriesStream

Steps = Annotated[int, Between(1, 100_000)]


class Forecasting:
    """Verbs of `zoo.tasks.Forecaster`."""

    input: Any
    listed: Any
    batches: Any
    require_steps: Any
    expected: Any
    drawn: Any
    widths: Any
    head: Any
    patch: int
    columns: int
    context: int | None

    @checked(but=("past",))
    def forecast(
        self,
        past: Any,
        steps: Steps = 96,
        *,
        interval: float = 0.8,
        samples: Count | None = None,
        seed: int | None = None,
    ) -> Forecast | list[Forecast]:
        """Says how series go on, or each of a list of pasts.

        A list gives what its pasts give one by one, in their order. The model reads the end of a
        past, and then its own output. Intervals are those of normal distributions, as much wider as
        errors were within the past, and as was measured in training for so many steps ahead. The
        draws of `samples` are read by the model before it draws further; they have the width of the
        head alone.

        Args:
            past: an array `[time, columns]`, or `[time]` of a model of one column; a Series or
                DataFrame of pandas; what `zoo.inputs.Series.read` makes of a CSV file; or a list
                of these.
            steps: how many steps are forecast.
            interval: the probability that a value lies between `low` and `high`, above 0 and below
                1.
            samples: how many futures are drawn besides. None: none.
            seed: for the same draws every time. None: others.

        Returns:
            A `Forecast`, in the units of the past, with dates where that has dates; a list of them
            where `past` is a list.

        Raises:
            ConfigError: for a past with missing numbers or other columns, or a bad argument.

        Example: `zoo.load("forecast-etth1").forecast(frame, 96).to_frame()`.
        """
        _require_interval(interval)
        pasts, is_one = self.listed("forecast", past)
        tables = self.input.tables(pasts)
        prepared = [self._end_of(one) for one in self.input.prepare(tables)]
        self.require_steps(prepared)
        found: list[Any] = [None] * len(pasts)
        patches = -(-steps // self.patch)
        futures = self._futures(prepared, patches, samples or 0, seed)
        for places, arrays in self.batches(prepared):
            values, deviations = self.expected(*arrays.values(), patches)
            for place, value, deviation in zip(places, values, deviations, strict=True):
                drawn = [self._plain(one[:steps]) for one in futures[place]]
                dates = tables[place].dates_after(steps)
                found[place] = self.said(value[:steps], deviation[:steps], interval, drawn, dates)
        return found[0] if is_one else found

    def said(
        self,
        values: np.ndarray,
        deviations: np.ndarray,
        interval: float,
        samples: Sequence[Rows] = (),
        dates: list[datetime.datetime] | None = None,
    ) -> Forecast:
        """A forecast of values and deviations on the model's scale, in their own units.

        Args:
            values, deviations: `[steps, columns]`, as `expected` gives them.
            interval, samples, dates: of the `Forecast`.
        """
        wide = NormalDist().inv_cdf(0.5 + interval / 2) * self.widths(len(values)) * deviations
        low, high = map(self._plain, (values - wide, values + wide))
        columns = self.input.columns
        return Forecast(self._plain(values), columns, low, high, interval, samples, dates)

    @checked()
    def stream(self, *, interval: float = 0.8) -> SeriesStream:
        """A series that goes on as steps come: `.push(values)` gives what is expected next.

        Args:
            interval: as for `forecast`.

        Raises:
            ConfigError: if patches are cut from the end of a whole series, or `interval` is bad.

        Example: `zoo.load("forecast-etth1").stream().push(frame.to_numpy()).to_frame()`.
        """
        _require_interval(interval)
        return SeriesStream(self, interval)

    def _end_of(self, prepared: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The part of a prepared past that is read."""
        series = prepared["series"]
        series = series if self.context is None else series[-self.context :]
        return {"series": series, "lengths": np.array(len(series), "int32")}

    def _plain(self, values: np.ndarray) -> list[list[float]]:
        """Values on the model's scale as lists, in their own units."""
        return self.input.unscaled(values).tolist()

    def _futures(
        self, prepared: Sequence[dict], patches: int, samples: int, seed: int | None
    ) -> list[list[np.ndarray]]:
        """Futures drawn for each past: those of a place and a seed are the same in any list."""
        found: list[list[np.ndarray]] = [[] for _ in prepared]
        if not samples:
            return found
        seeds = np.random.SeedSequence(seed).spawn(len(prepared))
        shape = (samples, patches, self.patch, self.columns)
        for place, (one, own) in enumerate(zip(prepared, seeds, strict=True)):
            noise = self.head.noise(np.random.default_rng(own), shape)
            for places, arrays in self.batches([one] * samples):
                found[place] += list(self.drawn(*arrays.values(), noise[places]))
        return found


def _require_interval(interval: float) -> None:
    if not 0 < interval < 1:
        raise ConfigError(f"forecast: interval is above 0 and below 1, not {interval}.")
