"""How well untrimmed recordings of skeletons are labelled, on the data sets a card reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.metrics.rows import Row
from zoo.tasks.arguments import datasets_of

Progress = Callable[[str, int, int], None]


def evaluate_segments(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a tagger of the frames of skeletons on the test splits of its data sets.

    Args:
        model: a `FrameTagger`, or anything with such a `tag`, `dataset` and `name`.
        datasets: such as "utkinect/s01"; by default the one the model was trained on.
        progress: called as `progress("utkinect/s01 test", done, total)`.

    Returns:
        The rows of `segment_rows` for each data set.

    Raises:
        ConfigError: when no data set is known, or one has no skeletons with labels of frames.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `read_skeletons`.

    Example:
        >>> evaluate_segments(zoo.load("segment-utkinect"))  # doctest: +SKIP
    """
    datasets = datasets_of(model, datasets, "name the data sets to evaluate on")
    return [row for name in datasets for row in segment_rows(model, name, "test", progress)]


def segment_rows(model: Any, name: str, split: str, progress: Progress | None = None) -> list[Row]:
    """Scores a tagger of the frames of skeletons on one split of one data set.

    Args:
        model: as for `evaluate_segments`.
        name: of the data set. Its builder may say which label is the `background`.
        split: such as "test".
        progress: called as `progress("utkinect/s01 test", done, total)`.

    Returns:
        A row of the frames that are right; one of those in which something is done, where there is
        a background; and one of segmental F1 at an overlap of a half, without the background
        (`zoo.metrics.segments`). All are in per cent over all recordings together.
    """
    from zoo import catalogue
    from zoo.data import read_skeletons
    from zoo.metrics.segments import segment_f1, segments_of

    background = getattr(catalogue.datasets.get(name.partition("/")[0]), "background", None)
    recordings = read_skeletons(name, split)
    began = time.perf_counter()
    answers = model.tag([one.joints for one in recordings])
    seconds = time.perf_counter() - began
    if progress is not None:
        progress(f"{name} {split}", len(recordings), len(recordings))
    given = [labels_of(spans) for spans in answers]
    wanted = [list(one.labels) for one in recordings]
    right = np.concatenate([np.array(a) == np.array(b) for a, b in zip(given, wanted, strict=True)])
    is_done = np.array([label != background for labels in wanted for label in labels])
    f1 = segment_f1(
        [segments_of(labels, background) for labels in given],
        [segments_of(labels, background) for labels in wanted],
    )
    scores = [("frame_accuracy", 100 * right.mean(), f"frames:{len(right)}")]
    if background is not None:
        what = f"frame_accuracy (without {background})"
        scores.append((what, 100 * right[is_done].mean(), f"frames:{int(is_done.sum())}"))
    scores.append(("f1@50", f1, f"segments of equal frames|background:{background}"))
    return [
        {
            "dataset": name,
            "split": split,
            "metric": metric,
            "value": float(value),
            "signature": f"classes:{len(model.labels)}|{signature}",
            "sentences": len(recordings),
            "seconds": seconds,
        }
        for metric, value, signature in scores
    ]


def labels_of(spans: Sequence[Any]) -> list[str]:
    """The label of each frame of spans whose times are numbers of frames."""
    return [span.label for span in spans for _ in range(round(span.begin), round(span.end))]
