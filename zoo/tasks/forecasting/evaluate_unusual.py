"""How well a detector tells planted faults from what is normal.

Whatever chooses something asks `likelihood` of the validation split, or `unusual_scores` of faults
that are planted there by other seeds. What `evaluate_unusual` reads are test splits, and it only
reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.metrics.rows import Row
from zoo.tasks.arguments import counted_for, datasets_of
from zoo.tasks.forecasting.evaluate import require_columns

SEEDS = (0, 1, 2, 3, 4)
_BEFORE = 336  # steps before the split that are read and not scored

Progress = Callable[[str, int, int], None]


def evaluate_unusual(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a detector on the test splits of its data set, with faults of six kinds planted.

    See `zoo.data.faults.plant`. The faults of five seeds are planted, each into the whole split,
    and their figures averaged.

    Args:
        model: a `Detector`.
        datasets: data sets of series; by default the one that the model was trained on.
        progress: called as `progress("ett/h2 test", done, total)`.

    Returns:
        For each data set the rows "AUC", the area under the curve of steps with a fault against
        all others (0.5: by chance); "AUC spike" and so on, of the steps of one kind against those
        without any; "false alarms", in per cent of the steps without a fault; and "found", in per
        cent of the faults, those of which a step is called unusual.

    Raises:
        ConfigError: when no data set is given or known, or it has other columns.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_unusual(zoo.load("mine.keras"))  # doctest: +SKIP
    """
    rows: list[Row] = []
    for name in datasets_of(model, datasets, "look at your own series with zoo unusual"):
        began = time.perf_counter()
        found = unusual_scores(model, name, "test", SEEDS, counted_for(progress, f"{name} test"))
        seconds = time.perf_counter() - began
        for metric, value, count in found:
            row: Any = {
                "dataset": name,
                "split": "test",
                "metric": metric,
                "value": value,
                "signature": f"seeds:{len(SEEDS)}|window:{model.window}",
                "sentences": count,
                "seconds": seconds,
                "digits": 3 if metric.startswith("AUC") else 1,
            }
            if metric == "false alarms":
                row["direction"] = "lower"
            rows.append(row)
    return rows


def unusual_scores(
    model: Any,
    name: str,
    split: str,
    seeds: Sequence[int],
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[str, float, int]]:
    """Plants faults in one split of a data set, and scores a detector on it.

    Args:
        model: a `Detector`.
        name: the data set.
        split: such as "validation".
        seeds: of the faults.
        progress: called as `progress(done, total)`.

    Returns:
        `(metric, value, steps)` of what `evaluate_unusual` reports, averages of the seeds, and of
        how many steps each is; of "found" the number of faults of all seeds.

    Raises:
        ConfigError: if the data set has other columns than the model.
    """
    from zoo.data.faults import KINDS, plant

    series = _series(model, name)
    begin, end = series.begins[split], series.ends[split]
    first = max(begin - _BEFORE, 0)
    deviation = series.part("train").std(axis=0)
    figures: dict[str, list[float]] = {}
    steps: dict[str, int] = {}
    for number, seed in enumerate(seeds):
        planted = plant(series.values[first:end], deviation, seed, first=begin - first + 24)
        scores = np.asarray(model.unusual(planted.values))[begin - first :]
        kinds, is_fault = planted.kinds[begin - first :], planted.is_fault[begin - first :]
        found = {"AUC": (area(scores, is_fault), len(scores))}
        for kind in KINDS:
            some = ~is_fault | (kinds == kind)
            found[f"AUC {kind}"] = (area(scores[some], is_fault[some]), int(some.sum()))
        alarms = 100 * float((scores[~is_fault] > 1).mean())
        found["false alarms"] = (alarms, int((~is_fault).sum()))
        edges = np.flatnonzero(np.diff(np.concatenate([[0], is_fault, [0]])))
        faults = edges.reshape(-1, 2)
        hits = [bool((scores[a:b] > 1).any()) for a, b in faults]
        found["found"] = (100 * float(np.mean(hits)), len(faults))
        for metric, (value, count) in found.items():
            figures.setdefault(metric, []).append(value)
            steps[metric] = steps.get(metric, 0) + count
        if progress is not None:
            progress(number + 1, len(seeds))
    return [(metric, float(np.mean(each)), steps[metric]) for metric, each in figures.items()]


def area(scores: np.ndarray, is_fault: np.ndarray) -> float:
    """The area under the ROC curve, by ranks, those of equal scores being averaged.

    It is the probability that a step with a fault has a higher score than one without (Hanley &
    McNeil 1982).

    >>> area(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    order = np.sort(scores)
    ranks = (
        np.searchsorted(order, scores, "left") + np.searchsorted(order, scores, "right") + 1
    ) / 2
    faults, others = int(is_fault.sum()), int((~is_fault).sum())
    return float((ranks[is_fault].sum() - faults * (faults + 1) / 2) / (faults * others))


def likelihood(model: Any, name: str, split: str) -> float:
    """The mean negative log-likelihood in nats of the values of one split, each given all before.

    Args:
        model: a `Detector`.
        name: the data set.
        split: such as "validation".
    """
    series = _series(model, name)
    begin, end = series.begins[split], series.ends[split]
    first = max(begin - _BEFORE, 0)
    values = model.input.scaled(series.values[first:end])[None]
    lengths = np.array([values.shape[1]], "int32")
    parameters = model.predict_on_batch({"series": values[:, :-1], "lengths": lengths - 1})
    seen = slice(begin - first - 1 if begin > first else 0, None)
    return float(model.head.loss()(values[:, 1:][:, seen], parameters[:, seen]))


def _series(model: Any, name: str) -> Any:
    from zoo.data import read_series

    series = read_series(name)
    require_columns(model, name, series.columns)
    return series
