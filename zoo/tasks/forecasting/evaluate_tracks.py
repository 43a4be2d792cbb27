"""How far a forecaster of positions is from where things went.

Whatever chooses something asks `track_errors` of the validation split. What `evaluate_tracks` reads
are test splits, and it only reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.metrics.rows import Row
from zoo.metrics.tracks import BASELINES, distances
from zoo.tasks.arguments import counted_for, datasets_of
from zoo.tasks.forecasting.calibration import forecasts
from zoo.tasks.forecasting.evaluate import BEYOND, require_columns

Progress = Callable[[str, int, int], None]


def evaluate_tracks(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a forecaster of positions on the test splits of its data set.

    Every window of every track counts, one from each step on ("stride 1"). As Pellegrini et al.
    2009 and Alahi et al. 2016 report, ADE is the mean distance over all steps that are said, FDE
    that at the last; steps that were not recorded are not scored.

    Args:
        model: a `Forecaster` whose columns are coordinates.
        datasets: data sets of tracks; by default the one that the model was trained on.
        progress: called as `progress("spindoe test", done, total)`.

    Returns:
        For each data set and number of steps the rows "ADE 12" and "FDE 12" in the data's unit; the
        same "in company", of the windows in which two things or more are there all the time, as
        those who build on Gupta et al. 2018 (arXiv:1803.10892) report, where that are not all or
        none; the same of constant velocity and of a parabola that is fitted to the past; and
        "coverage 12", in per cent how many values lie in the interval of 80 %.

    Raises:
        ConfigError: when no data set is given or known, or it has other columns or no tracks.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_tracks(zoo.load("trajectory-eth"))  # doctest: +SKIP
    """
    from zoo.data.tracks import times_of

    rows: list[Row] = []
    for name in datasets_of(model, datasets, "look at your own tracks with zoo forecast"):
        past, horizons = times_of(name)
        for horizon in horizons:
            began = time.perf_counter()
            found = track_errors(
                model, name, "test", horizon, counted_for(progress, f"{name} test")
            )
            for metric, value, count in found:
                row: Any = {
                    "dataset": name,
                    "split": "test",
                    "metric": metric,
                    "value": value,
                    "signature": f"past:{past}|windows:all",
                    "sentences": count,
                    "digits": 1 if metric.startswith("coverage") else 3,
                }
                if not metric.startswith("coverage"):
                    row["direction"] = "lower"
                if " of " not in metric:
                    row["seconds"] = time.perf_counter() - began
                rows.append(row)
    return rows


def track_errors(
    model: Any,
    name: str,
    split: str,
    horizon: int,
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[str, float, int]]:
    """Scores a forecaster of positions on all windows of one split.

    Args:
        model: a `Forecaster`.
        name: the data set.
        split: such as "validation".
        horizon: steps that are said.
        progress: called as `progress(done, total)`.

    Returns:
        `(metric, value, windows)` of what `evaluate_tracks` reports.

    Raises:
        ConfigError: if the data set has other columns than the model, or no tracks so long.
    """
    from zoo.data import read_tracks, windows
    from zoo.data.tracks import times_of

    tracks, (past, _) = read_tracks(name, split), times_of(name)
    require_columns(model, name, tracks.columns)
    starts = tracks.starts(past, horizon)
    whole = windows(tracks.values, starts, past + horizon)
    seen = windows(tracks.is_recorded, starts + past, horizon)
    company = tracks.in_company(past, horizon)
    pasts, futures = whole[:, :past], whole[:, past:]
    said, within = np.zeros(futures.shape), np.zeros(futures.shape, bool)
    beyond = BEYOND * model.widths(horizon)
    scaled = model.input.scaled(futures)
    for some, values, deviations in forecasts(model, model.input.scaled(pasts), horizon, progress):
        said[some] = model.input.unscaled(values)
        within[some] = np.abs(scaled[some] - values) <= beyond * deviations
    everyone = np.ones(len(starts), bool)
    found = _both(said, futures, seen, everyone, horizon, "")
    if company.any() and not company.all():
        found += _both(said, futures, seen, company, horizon, " in company")
    for rule, continued in BASELINES.items():
        found += _both(continued(pasts, horizon), futures, seen, everyone, horizon, f" of {rule}")
    return [*found, (f"coverage {horizon}", 100 * float(within[seen].mean()), len(starts))]


def _both(said, futures, seen, chosen, horizon, what) -> list[tuple[str, float, int]]:
    """ADE and FDE of chosen windows, and how many were scored."""
    off, seen = distances(said, futures)[chosen], seen[chosen]
    last = off[:, -1][seen[:, -1]]
    return [
        (f"ADE {horizon}{what}", float(off[seen].mean()), len(off)),
        (f"FDE {horizon}{what}", float(last.mean()), len(last)),
    ]
