"""How well what is unusual in clips is told from what is not, frame by frame.

Whatever chooses something asks `levels_off` of the validation split, or `planted_area` of faults
that are planted there. What `evaluate_watch` reads are test splits, and it only reports.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.metrics.rows import Row
from zoo.tasks.arguments import counted_for, datasets_of
from zoo.tasks.forecasting.evaluate_unusual import area

Progress = Callable[[str, int, int], None]


def evaluate_watch(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a detector on the test split of its data set.

    Args:
        model: a `ClipDetector`.
        datasets: such as "ucsd_ped2"; by default the model's own.
        progress: called as `progress("ucsd_ped2 test", done, total)`.

    Returns:
        For each data set, in per cent, the rows "AUC, each clip's scores from 0 to 1", the area
        under the ROC curve of frames with something unusual against all others as most of the
        literature has it, for which a clip must be over (Liu et al. 2018, section 3.5), and the
        first frames, of which nothing was expected, are left out here and below; "AUC", of
        scores as they are, and "AUC of the most unusual place" of each frame as it is; "false
        alarms", of the frames with nothing unusual; "found", of those with something, those called
        unusual; and "pointed at", of those with something, those whose most unusual place lies on
        it.

    Raises:
        ConfigError: when the model does not say its data set and none is given.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.
    """
    rows: list[Row] = []
    for name in datasets_of(model, datasets, "look at your own clips with zoo unusual"):
        rows += watch_rows(model, name, counted_for(progress, f"{name} test"))
    return rows


def watch_rows(
    model: Any, name: str, progress: Callable[[int, int], None] | None = None
) -> list[Row]:
    """The rows of one data set, see `evaluate_watch`."""
    from zoo.data import read_watched

    clips = read_watched(name, "test")
    began = time.perf_counter()
    scores, peaks, hits = [], [], []
    for number, clip in enumerate(clips, 1):
        found = model.unusual(clip.clip)
        scores.append(np.array(found)[model.first :])
        peaks.append(found.where[model.first :].max(axis=(1, 2)))
        hit = [clip.is_at(frame, place) for frame, place in enumerate(found.peaks)]
        hits.append(hit[model.first :])
        if progress is not None:
            progress(number, len(clips))
    seconds = time.perf_counter() - began
    is_unusual = np.concatenate([clip.is_unusual[model.first :] for clip in clips])
    plain, spread = np.concatenate(scores), np.concatenate([from_0_to_1(one) for one in scores])
    is_told, is_hit = plain > 1, np.concatenate(hits)

    def row(metric: str, value: float, count: int, digits: int = 1) -> Row:
        found: Any = {"dataset": name, "split": "test", "metric": metric, "value": value}
        found["signature"] = f"clips:{len(clips)}|around:{model.around}|window:{model.window}"
        found |= {"sentences": count, "seconds": seconds, "digits": digits}
        return found | ({"direction": "lower"} if metric == "false alarms" else {})

    def share(told: np.ndarray, among: np.ndarray) -> float:
        return 100 * float(told[among].mean())

    return [
        row("AUC, each clip's scores from 0 to 1", 100 * area(spread, is_unusual), len(plain)),
        row("AUC", 100 * area(plain, is_unusual), len(plain)),
        row(
            "AUC of the most unusual place",
            100 * area(np.concatenate(peaks), is_unusual),
            len(plain),
        ),
        row("false alarms", share(is_told, ~is_unusual), int((~is_unusual).sum())),
        row("found", share(is_told, is_unusual), int(is_unusual.sum())),
        row("pointed at", share(is_hit, is_unusual), int(is_unusual.sum())),
    ]


def from_0_to_1(scores: np.ndarray) -> np.ndarray:
    """Scores of a clip as parts of the way from its lowest to its highest.

    >>> from_0_to_1(np.array([2.0, 4.0, 3.0])).tolist()
    [0.0, 1.0, 0.5]
    """
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / max(high - low, 1e-12)


def levels_off(model: Any, name: str, split: str) -> float:
    """How far frames of a split are from what is expected of them, the mean in levels of grey.

    Of a model whose errors are squared it is the root of their mean.
    """
    from zoo.data import read_watched

    found = [model.unusual(clip.clip)[model.first :] for clip in read_watched(name, split)]
    mean = model.bound * float(np.mean([np.mean(one) for one in found]))
    return 32 * mean ** (1 / model.power)


def planted_area(model: Any, name: str, seeds: Sequence[int]) -> dict[str, float]:
    """The AUC in per cent of faults planted in the validation split: of each kind, and of all.

    Each clip's scores are from 0 to 1; frames of which nothing was expected are left out. See
    `zoo.data.plant_in_clips`.
    """
    planted = _planted(model, name, seeds)
    return _areas([(one, np.array(model.unusual(one.clip))) for one in planted], model.first)


def choose_averages(
    model: Any,
    name: str,
    seeds: Sequence[int],
    around: Sequence[int],
    windows: Sequence[int],
) -> dict[tuple[int, int, int], dict[str, float]]:
    """Sets how a detector averages its errors, so that planted faults are told best.

    `power`, `judged` (one or all) and `window` are those of the largest `planted_area` of all
    faults; `around` is that with which the most unusual place lies most often on a thing that is
    planted.

    Args:
        model: a trained `ClipDetector`.
        name: the data set whose validation split is planted in.
        seeds: of the faults.
        around, windows: what is tried.

    Returns:
        What `planted_area` gives for each `(power, judged, window)`.
    """
    planted = _planted(model, name, seeds)
    found = {}
    for power, judged in itertools.product((1, 2), sorted({1, model.ahead})):
        model.power, model.judged, model.around, model.window = power, judged, 1, 1
        errors = [np.array(model.unusual(one.clip)) for one in planted]
        for window in windows:
            cases = [
                (one, averaged(e, window, model.first))
                for one, e in zip(planted, errors, strict=True)
            ]
            found[power, judged, window] = _areas(cases, model.first)
    model.power, model.judged, model.window = max(found, key=lambda way: found[way]["all"])
    things = [one for one in planted if one.kind == "thing"]
    hits = {}
    for model.around in around:
        hits[model.around] = np.mean([_is_on(one, model.unusual(one.clip).peaks) for one in things])
    model.around = max(hits, key=lambda places: hits[places])
    return found


def averaged(errors: np.ndarray, window: int, first: int) -> np.ndarray:
    """Errors of frames `[frames]` averaged over the last ones as a `ClipDetector` does.

    Those before `first`, of which nothing was expected, are 0 and not counted.
    """
    total = np.pad(errors.astype("float64").cumsum(), (window, 0))
    counts = np.clip(np.arange(len(errors)) - first + 1, 1, window)
    return (total[window:] - total[:-window]) / counts


def _is_on(planted: Any, peaks: Sequence[tuple[float, float]]) -> float:
    """The part of a planted thing's frames whose peak lies on it."""
    height, width = planted.places.shape[1:]
    hits = [planted.places[n, int(r * height), int(c * width)] for n, (r, c) in enumerate(peaks)]
    return float(np.mean(np.array(hits)[planted.is_fault]))


def _planted(model: Any, name: str, seeds: Sequence[int]) -> list[Any]:
    """The `PlantedClip`s of the validation split, of the model's size."""
    from zoo.data import plant_in_clips, read_watched

    prepared = model.input.prepare([clip.clip for clip in read_watched(name, "validation")])
    frames = [one["source"] for one in prepared]
    return [one for seed in seeds for one in plant_in_clips(frames, seed)]


def _areas(cases: Sequence[tuple[Any, np.ndarray]], first: int) -> dict[str, float]:
    """Areas in per cent of each kind and of all, of pairs of a `PlantedClip` and its scores."""
    kinds = sorted({one.kind for one, _ in cases})
    found = {}
    for name in (*kinds, "all"):
        some = [
            (from_0_to_1(scores[first:]), one.is_fault[first:])
            for one, scores in cases
            if name in (one.kind, "all")
        ]
        found[name] = 100 * area(*(np.concatenate(part) for part in zip(*some, strict=True)))
    return found
