"""How well a forecaster tells a series it was not trained on.

Whatever chooses something (a checkpoint, a setting, the width of intervals) asks `errors` of the
validation split. What `evaluate_forecaster` reads are test splits, and it only reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.errors import ConfigError
from zoo.metrics.rows import Row
from zoo.tasks.arguments import counted_for, datasets_of
from zoo.tasks.forecasting.calibration import forecasts

HORIZONS = (96, 192, 336, 720)
BEYOND = 1.2815515655446004  # the end of an interval of 80 %, in deviations of a normal one

Progress = Callable[[str, int, int], None]


def evaluate_forecaster(
    model: Any,
    *,
    datasets: Sequence[str] | None = None,
    horizons: Sequence[int] = HORIZONS,
    progress: Progress | None = None,
) -> list[Row]:
    """Scores a forecaster on the test splits of its data set.

    A forecast begins at every step of the split from which it fits into it ("stride 1"); the past
    that is read may begin before the split. Errors are of values less the mean over the deviation
    of the training split, and averages of all windows, steps and columns, as Zhou et al. 2021
    (arXiv:2012.07436) and all after them report: no window is left out.

    Args:
        model: a `Forecaster`.
        datasets: data sets such as "ett/h1"; by default the one that the model was trained on.
        horizons: steps that are forecast; those that do not fit into the split are left out.
        progress: called as `progress("ett/h1 test", done, total)`.

    Returns:
        For each data set and horizon the rows "MSE 96", "MAE 96" and "coverage 96", in per cent how
        many values lie in the interval of 80 %.

    Raises:
        ConfigError: when no data set is given or known, or it has other columns.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_forecaster(zoo.load("forecast-etth1"))  # doctest: +SKIP
    """
    rows: list[Row] = []
    for name in datasets_of(model, datasets, "look at your own series with zoo forecast"):
        for horizon in horizons:
            began = time.perf_counter()
            found = errors(model, name, "test", horizon, counted_for(progress, f"{name} test"))
            if found is None:
                continue
            count, scores = found
            about: Any = {
                "dataset": name,
                "split": "test",
                "signature": f"past:{model.context or 'all'}|scale:train|windows:all",
                "sentences": count,
                "seconds": time.perf_counter() - began,
            }
            for metric, value, digits in scores:
                direction = {} if metric == "coverage" else {"direction": "lower"}
                row = {**about, "metric": f"{metric} {horizon}", "value": value, "digits": digits}
                rows.append({**row, **direction})  # type: ignore[typeddict-item]
    return rows


def errors(
    model: Any,
    name: str,
    split: str,
    horizon: int,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[int, list[tuple[str, float, int]]] | None:
    """Scores a forecaster on all windows of one split.

    Args:
        model: a `Forecaster`; without a `context` it reads as much of the past as it forecasts,
            four times.
        name: the data set.
        split: such as "validation".
        horizon: steps that are forecast.
        progress: called as `progress(done, total)`.

    Returns:
        The number of windows, and `(metric, value, digits)` of MSE, MAE and coverage. None: there
        is no window of such a horizon.

    Raises:
        ConfigError: if the data set has other columns than the model.
    """
    from zoo.data import read_series, window_starts

    series = read_series(name)
    require_columns(model, name, series.columns)
    begin, end = series.begins[split], series.ends[split]
    if end - begin < horizon:
        return None
    past = model.context or min(4 * horizon, begin)
    values = model.input.scaled(series.values)
    starts = window_starts(begin, end, past, horizon)
    return len(starts), window_errors(model, values, starts, past, horizon, progress)


def window_errors(
    model: Any,
    values: np.ndarray,
    starts: np.ndarray,
    past: int,
    horizon: int,
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[str, float, int]]:
    """Scores a forecaster on windows of a series.

    Args:
        model: a `Forecaster`.
        values: float32 `[time, columns]`, on the model's scale.
        starts: first steps of the windows.
        past, horizon: steps that are read, and that are forecast.
        progress: called as `progress(done, total)`.

    Returns:
        `(metric, value, digits)` of MSE, MAE and coverage.
    """
    from zoo.data import windows

    futures = windows(values, starts + past, horizon)
    squares = distances = within = 0.0
    beyond = BEYOND * model.widths(horizon)
    pasts = windows(values, starts, past)
    for some, expected, deviations in forecasts(model, pasts, horizon, progress):
        off = np.abs(futures[some] - expected).astype("float64")
        squares += float((off**2).sum())
        distances += float(off.sum())
        within += float((off <= beyond * deviations).sum())
    size = futures.size
    found = [("MSE", squares / size, 4), ("MAE", distances / size, 4)]
    return [*found, ("coverage", 100 * within / size, 1)]


def require_columns(model: Any, name: str, columns: Sequence[str]) -> None:
    """Requires that a data set of this name has the columns that a model reads.

    Raises:
        ConfigError: if it has others.
    """
    if list(columns) != model.input.columns:
        raise ConfigError(
            f"{name} has the columns {', '.join(columns)}, and the model {model.name!r} reads "
            f"{', '.join(model.input.columns)}."
        )
