"""How good a model that labels clips is: on the test split of its data set, or a fold of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.metrics.rows import Row
from zoo.tasks.arguments import counted_for, datasets_of

Progress = Callable[[str, int, int], None]


def evaluate_clips(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a classifier of clips on the test split of its data set.

    Accuracy in per cent of the clips: of all, and where a data set has labels of several kinds
    those of each, among all labels and among those of its kind.

    Args:
        model: a `ClipClassifier`, or anything with such a `classify` and `dataset`.
        datasets: such as "miracl_vc1"; by default the model's own.
        progress: called as `progress("miracl_vc1 test", done, total)`.

    Returns:
        Rows as `zoo.metrics.rows.Row` has them.

    Raises:
        ConfigError: when the model does not say its data set and none is given.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.
    """
    rows = []
    for name in datasets_of(model, datasets, "name the data sets to evaluate on"):
        rows += clip_rows(model, name, "test", progress)
    return rows


def clip_rows(model: Any, name: str, split: str, progress: Progress | None = None) -> list[Row]:
    """Scores a classifier of clips on one split of one data set; see `evaluate_clips`.

    What chooses something asks for the split "validation".
    """
    from zoo.data import read_clips

    clips = read_clips(name, split)
    began, scores = time.perf_counter(), []
    done = counted_for(progress, f"{name} {split}")
    for number, clip in enumerate(clips, 1):
        scores.append([*model.classify(clip.clip).probabilities.values()])
        if done is not None:
            done(number, len(clips))
    seconds = time.perf_counter() - began
    return rows_of_scores(np.array(scores), clips, model.labels, name, split, seconds)


def rows_of_scores(
    scores: np.ndarray,
    clips: Sequence[Any],
    labels: Sequence[str],
    name: str,
    split: str,
    seconds: float,
) -> list[Row]:
    """The rows of clips whose labels have these scores.

    Args:
        scores: float `[clips, labels]`, the higher the likelier.
        clips: each with its `label` and `kind`.
        labels: in their order.
        name, split: of the data set.
        seconds: that it took.
    """
    truth = np.array([labels.index(clip.label) for clip in clips])
    kinds = np.array([clip.kind for clip in clips])

    def row(metric: str, chosen: np.ndarray, among: np.ndarray) -> Row:
        told = np.where(among, scores[chosen], -np.inf).argmax(1)
        return {
            "dataset": name,
            "split": split,
            "metric": metric,
            "value": 100 * float(np.mean(told == truth[chosen])),
            "signature": f"classes:{int(among.sum())}",
            "sentences": int(chosen.sum()),
            "seconds": seconds,
        }

    everything = np.ones(len(labels), bool)
    found = [row("accuracy", np.ones(len(clips), bool), everything)]
    for kind in sorted(set(kinds)) if len(set(kinds)) > 1 else ():
        chosen = kinds == kind
        own = np.isin(np.arange(len(labels)), truth[chosen])
        found.append(row(f"accuracy of {kind} among {kind}", chosen, own))
        found.append(row(f"accuracy of {kind} among all labels", chosen, everything))
    return found


def validation_clips(model: Any, dataset: str) -> dict[str, float]:
    """Accuracy in per cent on the validation split, to follow a training or to choose."""
    return {dataset: clip_rows(model, dataset, "validation")[0]["value"]}
