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
        For each data set the rows "AUC", the area under the ROC curve of frames with something
        unusual against all others, scores as they are; "AUC, each clip's scores from 0 to 1", as
        most of the literature has it, for which a clip must be over (Liu et al. 2018, section 3.5);
        "false alarms", in per cent of the frames with nothing unusual; "found", of those with
        something, those called unusual; and "pointed at", of these those whose most unusual place
        lies on it.

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
    scores, hits = [], []
    for number, clip in enumerate(clips, 1):
        found = model.unusual(clip.clip)
        scores.append(np.array(found))
        hits.append([clip.is_at(frame, place) for frame, place in enumerate(found.peaks)])
        if progress is not None:
            progress(number, len(clips))
    seconds = time.perf_counter() - began
    is_unusual = np.concatenate([clip.is_unusual for clip in clips])
    plain, spread = np.concatenate(scores), np.concatenate([from_0_to_1(one) for one in scores])
    is_told, hit = plain > 1, np.concatenate(hits)

    def row(metric: str, value: float, count: int, digits: int = 1) -> Row:
        found: Any = {"dataset": name, "split": "test", "metric": metric, "value": value}
        found["signature"] = f"clips:{len(clips)}|around:{model.around}|window:{model.window}"
        found |= {"sentences": count, "seconds": seconds, "digits": digits}
        return found | ({"direction": "lower"} if metric == "false alarms" else {})

    def share(told: np.ndarray, among: np.ndarray) -> float:
        return 100 * float(told[among].mean())

    return [
        row("AUC", 100 * area(plain, is_unusual), len(plain)),
        row("AUC, each clip's scores from 0 to 1", 100 * area(spread, is_unusual), len(plain)),
        row("false alarms", share(is_told, ~is_unusual), int((~is_unusual).sum())),
        row("found", share(is_told, is_unusual), int(is_unusual.sum())),
        row("pointed at", share(hit, is_unusual), int(is_unusual.sum())),
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

    where = [model.unusual(clip.clip).where[model.ahead :] for clip in read_watched(name, split)]
    mean = model.bound * float(np.mean([one.mean() for one in where]))
    return 32 * mean ** (1 / model.power)


def planted_area(model: Any, name: str, seeds: Sequence[int]) -> dict[str, float]:
    """The AUC in per cent of faults planted in the validation split: of each kind, and of all.

    See `zoo.data.plant_in_clips`. Frames of which nothing was expected are left out.
    """
    return _areas(
        [
            (kind, np.array(model.unusual(clip)), told)
            for kind, clip, told in _planted(model, name, seeds)
        ],
        model.ahead,
    )


def choose_averages(
    model: Any,
    name: str,
    seeds: Sequence[int],
    around: Sequence[int],
    windows: Sequence[int],
) -> dict[tuple[int, int, int], dict[str, float]]:
    """Sets how a detector averages its errors, so that planted faults are told best.

    Args:
        model: a trained `ClipDetector`.
        name: the data set whose validation split is planted in.
        seeds: of the faults.
        around, windows: what is tried of its `around` and `window`, with each `power`.

    Returns:
        What `planted_area` gives for each `(power, around, window)`; the one with the largest area
        over all faults is set.
    """
    planted = _planted(model, name, seeds)
    found = {}
    for power in (1, 2):
        model.power, model.around, model.window = power, 1, 1
        errors = [model.unusual(clip).where for _, clip, _ in planted]
        for way in itertools.product(around, windows):
            scores = [averaged(one, *way, model.ahead).max((1, 2)) for one in errors]
            cases = [(kind, s, told) for (kind, _, told), s in zip(planted, scores, strict=True)]
            found[power, *way] = _areas(cases, model.ahead)
    model.power, model.around, model.window = max(found, key=lambda way: found[way]["all"])
    return found


def averaged(errors: np.ndarray, around: int, window: int, ahead: int) -> np.ndarray:
    """Errors `[frames, rows, columns]` averaged as a `ClipDetector` does.

    Args:
        errors: those of the first `ahead` frames are 0 and not counted.
        around: places along each axis.
        window: frames, the last ones.
        ahead: of the model.
    """
    half = around // 2
    sums = np.pad(errors, [(0, 0), (half + 1, half), (half + 1, half)]).astype("float64")
    sums = sums.cumsum(1).cumsum(2)
    sums = sums[:, around:] - sums[:, :-around]
    sums = (sums[:, :, around:] - sums[:, :, :-around]) / around**2
    total = np.pad(sums.cumsum(0), [(window, 0), (0, 0), (0, 0)])
    counts = np.clip(np.arange(len(errors)) - ahead + 1, 1, window)
    return (total[window:] - total[:-window]) / counts[:, None, None]


def _planted(
    model: Any, name: str, seeds: Sequence[int]
) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Kind, clip, and bool `[frames]` of each fault planted in the validation split."""
    from zoo.data import plant_in_clips, read_watched

    prepared = model.input.prepare([clip.clip for clip in read_watched(name, "validation")])
    frames = [one["source"] for one in prepared]
    found = [one for seed in seeds for one in plant_in_clips(frames, seed)]
    return [(one.kind, one.clip, one.is_fault) for one in found]


def _areas(cases: Sequence[tuple[str, np.ndarray, np.ndarray]], ahead: int) -> dict[str, float]:
    """Areas in per cent of each kind and of all, of `(kind, scores, is_fault)`."""
    kinds = sorted({kind for kind, _, _ in cases})
    found = {}
    for name in (*kinds, "all"):
        some = [(s[ahead:], told[ahead:]) for kind, s, told in cases if name in (kind, "all")]
        found[name] = 100 * area(*(np.concatenate(part) for part in zip(*some, strict=True)))
    return found
