"""How near a tracker of boxes is to recorded ones, beside a Kalman filter or its smoother.

Whatever chooses something asks `box_scores` of the validation split. What `evaluate_boxes` reads
are test splits, and it only reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.metrics.boxes import centre_errors, overlaps
from zoo.metrics.rows import Row
from zoo.tasks.arguments import datasets_of
from zoo.tasks.tagging.kalman import Kalman, best_kalman

Progress = Callable[[str, int, int], None]
Trials = Sequence[tuple[str, float, np.ndarray, np.ndarray]]
_CHUNK = 15
_WITHIN = 1.2815515655446004  # deviations that hold 80 % of a normal distribution


def evaluate_boxes(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a tracker of boxes on the test splits of its data sets.

    Recorded tracks are disturbed (`zoo.data.boxes.trials`): five times at each of three levels of
    noise, which no tracker is told, with single boxes and longer gaps missing.

    Args:
        model: a `BoxTracker`, or anything with such a `track`, `is_causal`, `dataset` and `name`.
        datasets: such as "tracked_boxes/fold1"; by default the one the model was trained on.
        progress: called as `progress("tracked_boxes/fold1 test", done, total)`.

    Returns:
        For each data set "centre_rmse", of the distance of the middle in per cent of the root of
        the recorded box's area, and "iou", the mean overlap in per cent, over all frames; the same
        over those without a box ("in gaps"); all of these "of Kalman": of the filter of constant
        velocity, or the smoother where the model reads backwards, whose noises are the best of a
        grid on the training split; those "of Kalman, told the noise", one for each level; and
        "coverage", in per cent how many of the four numbers lie in their interval of 80 %.

    Raises:
        ConfigError: when no data set is known, or one has no tracks of boxes.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `read_tracks`.

    Example:
        >>> evaluate_boxes(zoo.load("track-boxes"))  # doctest: +SKIP
    """
    from zoo.data.boxes import LEVELS, trials

    rows: list[Row] = []
    for name in datasets_of(model, datasets, "name the data sets to evaluate on"):
        found = trials(name, "test")
        began = time.perf_counter()
        said: list[Any] = []
        for begin in range(0, len(found), _CHUNK):
            said += model.track([seen for _, _, seen, _ in found[begin : begin + _CHUNK]])
            if progress is not None:
                progress(f"{name} test", len(said), len(found))
        seconds = time.perf_counter() - began
        is_smoother = not model.is_causal
        for_training = trials(name, "train", draws=1)
        usual = best_kalman(for_training, is_smoother)
        told = {
            level: best_kalman([one for one in for_training if one[1] == level], is_smoother)
            for level in LEVELS
        }
        others = {
            " of Kalman": tracked_by(dict.fromkeys(LEVELS, usual)),
            " of Kalman, told the noise": tracked_by(told),
        }
        scores = box_scores(said, found)
        for what, track in others.items():
            scores |= {
                f"{key}{what}": value for key, value in box_scores(track(found), found).items()
            }
        scores["coverage"] = _coverage(said, found)
        rows += [
            {
                "dataset": name,
                "split": "test",
                "metric": metric,
                "value": value,
                "signature": "noise:0.02, 0.05, 0.1|gaps:single and 5 to 30 frames|draws:5",
                "sentences": len(found),
                "seconds": seconds,
                "direction": "lower" if "rmse" in metric else "higher",
                "digits": 2,
            }
            for metric, value in scores.items()
        ]
    return rows


def box_scores(said: Sequence[Any], found: Trials) -> dict[str, float]:
    """How near boxes are to recorded ones, in per cent.

    Args:
        said: of each trial float `[time, 4]`.
        found: what `zoo.data.boxes.trials` gives.

    Returns:
        `centre_rmse` and `iou` over all frames of all trials, and the same of those without a box,
        "in gaps".
    """
    given = np.concatenate([np.asarray(one, "float64") for one in said])
    true = np.concatenate([recorded for *_, recorded in found])
    is_gap = np.concatenate([np.isnan(seen).any(axis=1) for _, _, seen, _ in found])
    off, alike = np.square(centre_errors(given, true)), overlaps(given, true)
    return {
        f"{name}{what}": 100 * float(value)
        for what, chosen in (("", slice(None)), (" in gaps", is_gap))
        for name, value in (
            ("centre_rmse", np.sqrt(off[chosen].mean())),
            ("iou", alike[chosen].mean()),
        )
    }


def tracked_by(kalmans: dict[float, Kalman]) -> Callable[[Trials], list[np.ndarray]]:
    """What filters say of trials, one for each level of noise."""

    def track(found: Trials) -> list[np.ndarray]:
        said: list[Any] = [None] * len(found)
        for level, kalman in kalmans.items():
            places = [place for place, one in enumerate(found) if one[1] == level]
            boxes = kalman.track([found[place][2] for place in places])
            for place, one in zip(places, boxes, strict=True):
                said[place] = one
        return said

    return track


def _coverage(said: Sequence[Any], found: Trials) -> float:
    """How many of the numbers lie in their interval of 80 %, in per cent."""
    within = []
    for one, (*_, recorded) in zip(said, found, strict=True):
        boxes, deviations = np.array(one), np.array(one.deviations)
        off = np.hstack([boxes[:, :2] + boxes[:, 2:] / 2, boxes[:, 2:]])
        off -= np.hstack([recorded[:, :2] + recorded[:, 2:] / 2, recorded[:, 2:]])
        within.append(np.abs(off) <= _WITHIN * deviations)
    return 100 * float(np.concatenate(within).mean())
