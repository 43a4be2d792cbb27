"""How good a model that labels is, on the data sets its card reports.

Whatever chooses something (a checkpoint, a setting) asks a function named `validation_...`, which
never sees a test split. What `evaluate_...` reads are test splits, and it only reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.metrics.rows import Row
from zoo.tasks.arguments import datasets_of

_CHUNK = 512

Progress = Callable[[str, int, int], None]


def evaluate_classification(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a classifier on the test split of its data set.

    Accuracy in per cent of the texts or images; texts are given as the words of the data set where
    it has cut them, and as they are where it has not. A model with scores of n-grams has a row for
    what it says with them, and then for what it says without.

    Args:
        model: a `SequenceClassifier`, or anything with such a `classify_tokens` and `dataset`.
        datasets: such as "sst/fine"; by default the model's own.
        progress: called as `progress("sst/fine test", done, total)`.

    Returns:
        One row for each data set, as `evaluate_tagging` gives them.

    Raises:
        ConfigError: when the model does not say its data set and none is given.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_classification(zoo.load("sentiment.keras"))  # doctest: +SKIP
    """
    names = datasets_of(model, datasets, "name the data sets to evaluate on")
    if getattr(model, "ngrams", None) is None:
        return [classification_row(model, name, "test", progress) for name in names]
    rows = []
    for name in names:
        row = classification_row(model, name, "test", progress)
        alone = classification_row(model.with_ngrams(None), name, "test", progress)
        row["signature"] += "|ngrams:yes"
        alone["signature"] += "|ngrams:no"
        alone["metric"] += " (without scores of n-grams)"
        rows += [row, alone]
    return rows


def classification_row(model: Any, name: str, split: str, progress: Progress | None = None) -> Row:
    """Scores a classifier on one split of one data set; see `evaluate_classification`.

    What chooses something asks for the split "validation".
    """
    from zoo.data import read_labelled

    texts = read_labelled(name, split)
    is_cut = isinstance(texts[0].text, tuple)
    is_image = isinstance(texts[0].text, np.ndarray)
    words = "gold" if is_cut else "own"
    began, right = time.perf_counter(), 0
    for begin in range(0, len(texts), _CHUNK):
        chunk = texts[begin : begin + _CHUNK]
        classify = model.classify_tokens if is_cut else model.classify
        answers = classify([text.text for text in chunk])
        right += sum(a.label == text.label for a, text in zip(answers, chunk, strict=True))
        if progress is not None:
            progress(f"{name} {split}", begin + len(chunk), len(texts))
    return {
        "dataset": name,
        "split": split,
        "metric": "accuracy",
        "value": 100 * right / len(texts),
        "signature": f"{'' if is_image else f'words:{words}|'}classes:{len(model.labels)}",
        "sentences": len(texts),
        "seconds": time.perf_counter() - began,
    }


def validation_accuracy(model: Any, datasets: Sequence[str]) -> dict[str, float]:
    """Scores a classifier on validation splits, to follow a training or to choose.

    Args:
        model: as for `evaluate_classification`.
        datasets: such as "sst/fine".

    Returns:
        Accuracy in per cent of each data set.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `read_labelled`.
    """
    return {name: classification_row(model, name, "validation")["value"] for name in datasets}
