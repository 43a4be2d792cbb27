"""How many damaged words a speller repairs exactly, among words that it never saw."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from zoo.metrics.rows import Row

Progress = Callable[[str, int, int], None]

DATASETS = ("imdb",)  # whose reviews, without those of its test split, make the list of words
_CHUNK = 1024


def read_words() -> dict[str, int]:
    """The words of the reviews of IMDB that are not in its test split, and how often each stands.

    Raises:
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.
    """
    from zoo.data import read_labelled
    from zoo.data.damaged_words import word_counts

    return word_counts(
        item.text for split in ("train", "unlabelled") for item in read_labelled("imdb", split)
    )


def evaluate_spelling(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a speller on damaged words that are kept from training.

    Exact repairs in per cent, for each kind of damage of `zoo.data.damaged_words` and for all of
    them, of words whose repair is unambiguous: no other word of the list fits. A model that chooses
    among the words of a list of its own is scored a second time with any spelling allowed.

    Args:
        model: a `Speller`, or anything with such a `repair`.
        datasets: none but "imdb", the data set whose words these are.
        progress: called as `progress("imdb test", done, total)`.

    Returns:
        One row for all and one for each kind: `{"dataset", "split", "metric", "value",
        "signature", "sentences", "seconds"}`, sentences being damaged words.

    Raises:
        ConfigError: when another data set is asked for.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_spelling(zoo.load("spell-char-en"))  # doctest: +SKIP
    """
    from zoo.errors import ConfigError

    if datasets is not None and tuple(datasets) != DATASETS:
        raise ConfigError(f"Spellers are scored on the words of imdb, not on {datasets}.")
    words = list(read_words())
    rows = spelling_rows(model, words, "test", progress)
    if getattr(model, "lexicon", None) is not None:
        rows += spelling_rows(model, words, "test", progress, free=True)
    return rows


def spelling_rows(
    model: Any,
    words: Sequence[str],
    split: str,
    progress: Progress | None = None,
    *,
    free: bool = False,
) -> list[Row]:
    """Scores a speller on one split of a list of words; see `evaluate_spelling`.

    What chooses something asks for the split "validation". With `free`, a model's own list of words
    is left aside.
    """
    from zoo.data.damaged_words import KINDS, damaged_words

    examples = damaged_words(words, split)
    began, right = time.perf_counter(), []
    for begin in range(0, len(examples), _CHUNK):
        chunk = examples[begin : begin + _CHUNK]
        damaged = [example.damaged for example in chunk]
        repaired = model.repair(damaged, free=True) if free else model.repair(damaged)
        right += [e.word == found for e, found in zip(chunk, repaired, strict=True)]
        if progress is not None:
            progress(f"imdb {split}", begin + len(chunk), len(examples))
    seconds = time.perf_counter() - began
    own = 0 if free else len(getattr(getattr(model, "lexicon", None), "words", ()))
    chosen = f"chosen among:{own}" if own else "spelt:freely"
    rows: list[Row] = []
    for kind in (None, *KINDS):
        mine = [r for e, r in zip(examples, right, strict=True) if kind in (None, e.kind)]
        rows.append(
            {
                "dataset": "imdb",
                "split": split,
                "metric": "exact_repair"
                + (", freely" if free else "")
                + (f" ({kind})" * bool(kind)),
                "value": 100 * sum(mine) / max(len(mine), 1),
                "signature": f"words:held out|list:{len(words)}|repair:unambiguous|{chosen}",
                "sentences": len(mine),
                "seconds": seconds,
            }
        )
    return rows
