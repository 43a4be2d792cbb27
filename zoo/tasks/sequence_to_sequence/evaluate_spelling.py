"""How many damaged words a speller repairs exactly, among words that it never saw."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zoo.metrics.rows import Row

if TYPE_CHECKING:
    from zoo.data.damaged_words import WordList

Progress = Callable[[str, int, int], None]

DATASETS = ("imdb",)  # whose reviews, without those of its test split, make the list of words
COMMONNESSES = (0.0, 0.1, 0.2, 0.3, 0.4)  # that are tried
_CHUNK = 1024


def read_words() -> WordList:
    """The words, names and misspellings of the reviews of IMDB that are not in its test split.

    Raises:
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.
    """
    from zoo.data import read_labelled
    from zoo.data.damaged_words import word_list

    splits = ("train", "unlabelled")
    return word_list([item.text for split in splits for item in read_labelled("imdb", split)])


def evaluate_spelling(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a speller on damaged words that are kept from training.

    Exact repairs in per cent, for each kind of damage of `zoo.data.damaged_words` and for all of
    them, and for slips such as people make, of words whose repair is unambiguous: no other word of
    the list fits. A model that chooses among the words of a list of its own is scored a second time
    with any spelling allowed. Of one that has a list of names it is counted how many of those kept
    from training it leaves as they are, capitalised, when they are not on its list.

    Args:
        model: a `Speller`, or anything with such a `repair`.
        datasets: none but "imdb", the data set whose words these are.
        progress: called as `progress("imdb test", done, total)`.

    Returns:
        One row for all, one for each kind, one for slips and one for names: `{"dataset", "split",
        "metric", "value", "signature", "sentences", "seconds"}`, sentences being words.

    Raises:
        ConfigError: when another data set is asked for.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_spelling(zoo.load("spell-char-en"))  # doctest: +SKIP
    """
    from zoo.errors import ConfigError

    if datasets is not None and tuple(datasets) != DATASETS:
        raise ConfigError(f"Spellers are scored on the words of imdb, not on {datasets}.")
    found = read_words()
    words = list(found.words)
    rows = spelling_rows(model, words, "test", progress)
    rows.append(slips_row(model, words, "test"))
    if getattr(model, "names", None) is not None:
        rows.append(names_row(model, list(found.names), "test"))
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
    right, seconds = _repaired(model, examples, split, progress, free)
    own = 0 if free else len(getattr(getattr(model, "lexicon", None), "words", ()))
    chosen = f"chosen among:{own}" if own else "spelt:freely"
    rows: list[Row] = []
    for kind in (None, *KINDS):
        mine = [r for e, r in zip(examples, right, strict=True) if kind in (None, e.kind)]
        metric = "exact_repair" + (", freely" if free else "") + (f" ({kind})" * bool(kind))
        signature = f"words:held out|list:{len(words)}|repair:unambiguous|{chosen}"
        rows.append(_row(split, metric, mine, signature, seconds))
    return rows


def validation_scores(model: Any, words: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """Repairs of damaged words and of slips in per cent, and names kept by a model with a list.

    Args:
        model: a `Speller`.
        words, names: the whole lists, of all splits; those of the validation split are scored.
    """
    found = {
        "damaged words": spelling_rows(model, words, "validation")[0],
        "slips": slips_row(model, words, "validation"),
    }
    if model.names is not None:
        found["names"] = names_row(model, names, "validation")
    return {name: row["value"] for name, row in found.items()}


def slips_row(model: Any, words: Sequence[str], split: str) -> Row:
    """How many slips are repaired, of words of one split of a list; see `evaluate_spelling`."""
    from zoo.data.damaged_words import SLIP, damaged_words

    examples = damaged_words(words, split, kinds=[SLIP])
    right, seconds = _repaired(model, examples, split)
    signature = f"words:held out|list:{len(words)}|repair:unambiguous|slips:drawn"
    return _row(split, "exact_repair (slip)", right, signature, seconds)


def names_row(model: Any, names: Sequence[str], split: str) -> Row:
    """How many names of one split stay as they are, when the model's list lacks them."""
    from zoo.data.damaged_words import split_of

    held_out = [name for name in names if split_of(name) == split]
    listed = [name for name in model.names.words if split_of(name) != split]
    asked = model.with_names(listed)
    began = time.perf_counter()
    given = [name.capitalize() for name in held_out if not asked.is_right(name)]
    right = [name == found for name, found in zip(given, asked.repair(given), strict=True)]
    signature = f"names:held out|list:{len(listed)}|capitalised:yes"
    return _row(split, "names_kept", right, signature, time.perf_counter() - began)


def choose_fits(model: Any, words: Sequence[str], names: Sequence[str]) -> float:
    """The `Speller.fits` that best tells slips from names, by those of the validation split.

    Args:
        model: a `Speller` with lists of words and of names.
        words: the whole list of words, of all splits.
        names: the whole list of names.

    Returns:
        The share at which most slips are above and most names below, both counting the same; 0.5
        where there are none to choose by.
    """
    import numpy as np

    from zoo.data.damaged_words import SLIP, damaged_words, split_of

    slips = [one.damaged for one in damaged_words(words, "validation", kinds=[SLIP])]
    held_out = [name for name in names if split_of(name) == "validation"]
    if not slips or not held_out:
        return 0.5
    above, below = (np.sort(model.shares(some)) for some in (slips, held_out))
    shares = np.unique(np.concatenate([above, below]))
    kept = 1 - np.searchsorted(above, shares) / len(above)
    left = np.searchsorted(below, shares) / len(below)
    return float(shares[np.argmax(kept + left)])


def choose_commonness(model: Any, counts: Mapping[str, int]) -> float:
    """The `Speller.commonness` with which most damaged words of the validation split are repaired.

    Rare and common words both matter: it is chosen by the mean of two scores. One is of words whose
    repair is unambiguous, each counted once, as in `evaluate_spelling`; one of all words, whatever
    else they may have been, each counted as the root of its frequency.

    Args:
        model: a `Speller` whose list of words has counts.
        counts: the whole list of words, of all splits, and how often each is seen.

    Returns:
        One of `COMMONNESSES`, the least of those that are equally good.
    """
    own, scores = model.commonness, []
    for weight in COMMONNESSES:
        model.commonness = weight
        alone = [spelling_rows(model, list(counts), "validation")[0]["value"]]
        alone.append(slips_row(model, list(counts), "validation")["value"])
        scores.append(sum(alone) / len(alone) + common_repairs(model, counts, "validation"))
    model.commonness = own
    return COMMONNESSES[scores.index(max(scores))]


def common_repairs(model: Any, counts: Mapping[str, int], split: str) -> float:
    """How many damaged words are repaired, in per cent, each counted as the root of its frequency.

    Of every word one slip and one damage of each kind, also where another word fits as well.
    """
    import numpy as np

    from zoo.data.damaged_words import KINDS, SHORTEST_DAMAGED, SLIP, DamagedWord, damage, split_of

    rng = np.random.default_rng(0)
    mine = [word for word in counts if split_of(word) == split and len(word) >= SHORTEST_DAMAGED]
    asked = [DamagedWord(damage(w, kind, rng), w, kind) for kind in (SLIP, *KINDS) for w in mine]
    right, _ = _repaired(model, asked, split)
    weights = np.sqrt([counts[one.word] for one in asked])
    return 100 * float(np.average(right, weights=weights)) if asked else 0.0


def _repaired(model, examples, split, progress=None, free=False) -> tuple[list[bool], float]:
    """Which damaged words are repaired, and in how many seconds."""
    began, right = time.perf_counter(), []
    for begin in range(0, len(examples), _CHUNK):
        chunk = examples[begin : begin + _CHUNK]
        damaged = [example.damaged for example in chunk]
        repaired = model.repair(damaged, free=True) if free else model.repair(damaged)
        right += [e.word == found for e, found in zip(chunk, repaired, strict=True)]
        if progress is not None:
            progress(f"imdb {split}", begin + len(chunk), len(examples))
    return right, time.perf_counter() - began


def _row(split, metric, right, signature, seconds) -> Row:
    return {
        "dataset": "imdb",
        "split": split,
        "metric": metric,
        "value": 100 * sum(right) / max(len(right), 1),
        "signature": signature,
        "sentences": len(right),
        "seconds": seconds,
    }
