"""How good a describer of clips is, on the data sets its card reports.

Whatever chooses something asks for the split "validation"; `evaluate_descriptions` reads test
splits and only reports.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from zoo.metrics.rows import Row

Progress = Callable[[str, int, int], None]


def evaluate_descriptions(
    model: Any,
    *,
    beam_size: int = 5,
    datasets: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Scores a describer on test splits, word by word.

    Args:
        model: a `Describer`, or anything with such a `describe`.
        beam_size: width of the beam.
        datasets: data sets of series with descriptions; by default all registered ones.
        progress: called as `progress("vidvrd test", done, total)`.

    Returns:
        The rows of `description_rows` for each data set.

    Raises:
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_descriptions(zoo.load("describe-vidvrd"))  # doctest: +SKIP
    """
    from zoo.data.loading import datasets_that_yield

    if datasets is None:
        datasets = [name for name, _ in datasets_that_yield("described", "series")]
    return [
        row
        for name in datasets
        for row in description_rows(model, name, "test", beam_size=beam_size, progress=progress)
    ]


def description_rows(
    model: Any, name: str, split: str, *, beam_size: int = 5, progress: Progress | None = None
) -> list[Row]:
    """Scores a describer on one split of one data set, whose builder says what `places` words have.

    Returns:
        For each place, such as "subject", a row of the words that are right there, in per cent,
        with the share of the place's commonest word in the signature; and one of the descriptions
        that are right as a whole.
    """
    from zoo import catalogue
    from zoo.data import read_described

    clips = read_described(name, split)
    began = time.perf_counter()
    found = model.describe([one.series for one in clips], beam_size=beam_size)
    seconds = time.perf_counter() - began
    if progress is not None:
        progress(f"{name} {split}", len(clips), len(clips))
    wanted = [one.text.split() for one in clips]
    given = [text.split() for text in found]
    scores = []
    for place, what in enumerate(catalogue.datasets.get(name.partition("/")[0]).places):
        pairs = [
            (words[place : place + 1], truth[place])
            for words, truth in zip(given, wanted, strict=True)
        ]
        right = sum(words == [truth] for words, truth in pairs)
        word, count = Counter(truth for _, truth in pairs).most_common(1)[0]
        share = f"commonest word:{word}, {100 * count / len(clips):.1f}"
        scores.append((f"{what} right", right, share))
    right = sum(words == truth for words, truth in zip(given, wanted, strict=True))
    scores.append(("all words right", right, f"words:{len(wanted[0])}"))
    return [
        {
            "dataset": name,
            "split": split,
            "metric": metric,
            "value": 100 * right / len(clips),
            "signature": f"beam:{beam_size}|{signature}",
            "sentences": len(clips),
            "seconds": seconds,
        }
        for metric, right, signature in scores
    ]
