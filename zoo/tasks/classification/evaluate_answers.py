"""How many questions a model answers as the data set does, kind by kind.

Whatever chooses something asks `validation_answers`, which never sees a test split.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from zoo.metrics.rows import Row
from zoo.tasks.arguments import datasets_of

_CHUNK = 512

Progress = Callable[[str, int, int], None]


def evaluate_answers(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a model on the test questions of its data set.

    An answer is right where it is the same string; of several things all must be named, in their
    order.

    Args:
        model: an `Answerer`, or anything with such an `answer` and a `dataset`.
        datasets: such as "babi"; by default the model's own.
        progress: called as `progress("babi test", done, total)`.

    Returns:
        For each data set the mean over its kinds of questions, and then a row for each kind.

    Raises:
        ConfigError: when the model does not say its data set and none is given.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_answers(zoo.load("qa-babi"))  # doctest: +SKIP
    """
    names = datasets_of(model, datasets, "name the data sets to evaluate on")
    return [row for name in names for row in answer_rows(model, name, "test", progress)]


def answer_rows(model: Any, name: str, split: str, progress: Progress | None = None) -> list[Row]:
    """Scores a model on one split of one data set; see `evaluate_answers`.

    What chooses something asks for the split "validation".
    """
    from zoo.data import read_questions

    questions = read_questions(name, split)
    began = time.perf_counter()
    right: dict[str, list[bool]] = {}
    for begin in range(0, len(questions), _CHUNK):
        chunk = questions[begin : begin + _CHUNK]
        answers = model.answer([(one.question, one.context) for one in chunk])
        for one, answer in zip(chunk, answers, strict=True):
            right.setdefault(one.kind, []).append(answer == one.answer)
        if progress is not None:
            progress(f"{name} {split}", begin + len(chunk), len(questions))
    accuracy = {kind: 100 * sum(found) / len(found) for kind, found in right.items()}
    mean: Row = {
        "dataset": name,
        "split": split,
        "metric": "accuracy, mean of kinds",
        "value": sum(accuracy.values()) / len(accuracy),
        "signature": f"kinds:{len(accuracy)}|answers:{len(model.labels)}",
        "sentences": len(questions),
        "seconds": time.perf_counter() - began,
    }
    rows: list[Row] = [
        {
            "dataset": name,
            "split": split,
            "metric": f"accuracy of {kind}",
            "value": value,
            "sentences": len(right[kind]),
            "digits": 1,
        }
        for kind, value in accuracy.items()
    ]
    return [mean, *rows]


def validation_answers(model: Any, datasets: Sequence[str]) -> dict[str, float]:
    """Scores a model on validation splits, to follow a training or to choose.

    Args:
        model: as for `evaluate_answers`.
        datasets: such as "babi".

    Returns:
        For each data set the mean accuracy of its kinds of questions, in per cent.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `read_questions`.
    """
    return {name: answer_rows(model, name, "validation")[0]["value"] for name in datasets}
