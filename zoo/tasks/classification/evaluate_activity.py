"""How good a classifier of activities is, on the data sets its card reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.metrics.rows import Row
from zoo.tasks.arguments import datasets_of

Progress = Callable[[str, int, int], None]


def evaluate_activity(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a classifier of activities on the test splits of its data sets.

    Args:
        model: a `SequenceClassifier`, or anything with such a `classify` and `dataset`.
        datasets: such as "msr_action3d"; by default the one the model was trained on.
        progress: called as `progress("msr_action3d test", done, total)`.

    Returns:
        The rows of `activity_rows` for each data set.

    Raises:
        ConfigError: when no data set is known, or one has no skeletons with a label.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `read_skeletons`.

    Example:
        >>> evaluate_activity(zoo.load("activity-msraction"))  # doctest: +SKIP
    """
    datasets = datasets_of(model, datasets, "name the data sets to evaluate on")
    return [row for name in datasets for row in activity_rows(model, name, "test", progress)]


def activity_rows(model: Any, name: str, split: str, progress: Progress | None = None) -> list[Row]:
    """Scores a classifier of activities on one split of one data set.

    Args:
        model: as for `evaluate_activity`.
        name: of the data set. Its builder may have `label_sets`, name -> labels.
        split: such as "test".
        progress: called as `progress("msr_action3d test", done, total)`.

    Returns:
        A row of the accuracy over the recordings that papers use, and one over all where there are
        others. Where there are label sets, one more: the mean over the sets of the accuracy on the
        recordings with their labels, the answer being the likeliest label of the set; the labels
        that are not in it are known to be wrong, as where a model is trained on each set.
    """
    from zoo import catalogue
    from zoo.data import read_skeletons

    recordings = read_skeletons(name, split)
    began = time.perf_counter()
    answers = model.classify([one.joints for one in recordings])
    seconds = time.perf_counter() - began
    if progress is not None:
        progress(f"{name} {split}", len(recordings), len(recordings))
    truths = [one.labels[0] for one in recordings]
    is_usual = np.array([one.is_usual for one in recordings])
    is_right = np.array([one.label == truth for one, truth in zip(answers, truths, strict=True)])
    scores: list = [("accuracy", 100 * is_right[is_usual].mean(), int(is_usual.sum()), "usual")]
    if not is_usual.all():
        what = "accuracy (all recordings)"
        scores.append((what, 100 * is_right.mean(), len(recordings), "all"))
    sets = getattr(catalogue.datasets.get(name.partition("/")[0]), "label_sets", {})
    found = {}
    for key, labels in sets.items():
        chosen = [
            max(labels, key=answer.probabilities.__getitem__) == truth
            for answer, truth, usual in zip(answers, truths, is_usual, strict=True)
            if usual and truth in labels
        ]
        if chosen:
            found[key] = 100 * float(np.mean(chosen))
    if found:
        each = ", ".join(f"{key} {value:.1f}" for key, value in found.items())
        what = f"accuracy among the labels of a set, mean of {', '.join(found)}"
        scores.append((what, np.mean(list(found.values())), int(is_usual.sum()), f"usual|{each}"))
    return [
        {
            "dataset": name,
            "split": split,
            "metric": metric,
            "value": float(value),
            "signature": f"classes:{len(model.labels)}|recordings:{which}",
            "sentences": number,
            "seconds": seconds,
        }
        for metric, value, number, which in scores
    ]
