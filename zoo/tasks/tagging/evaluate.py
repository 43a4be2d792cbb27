"""How good a tagger is, on the data sets its card reports.

Whatever chooses something (a checkpoint, a setting) asks `validation_accuracy`, which never sees a
test split. `evaluate_tagging` reads test splits and only reports.
"""

from __future__ import annotations

import collections
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from zoo.errors import ConfigError
from zoo.metrics.rows import Row

if TYPE_CHECKING:
    from zoo.data.tagged import TaggedSentence

_CHUNK = 512

Progress = Callable[[str, int, int], None]


def evaluate_tagging(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a tagger on the test splits of the registered data sets of tagged text.

    Accuracy in per cent over all syntactic words, punctuation included; the words are those of the
    treebank ("gold"), not of the model's tokenizer. A model that knows the treebank's tokens
    (`WordTokenizer.treebank`) is scored on raw sentences too, as in the CoNLL 2018 shared task
    (Zeman et al. 2018): F1 of words, and of words with their tags.

    Args:
        model: a `SequenceTagger`, or anything with such a `tag` and `languages`.
        datasets: treebanks such as "ud/ewt"; by default those in the model's languages.
        progress: called as `progress("ud/ewt test", done, total)`.

    Returns:
        One row for each treebank, or three: `{"dataset", "split", "metric", "value", "signature",
        "sentences", "seconds"}`, seconds being those of the tagging.

    Raises:
        ConfigError: when there is no treebank in the model's languages.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_tagging(zoo.load("pos-bilstm-ewt"))  # doctest: +SKIP
    """
    if datasets is None:
        datasets = _treebanks(getattr(model, "languages", ()))
    rows = [tagging_row(model, name, "test", progress) for name in datasets]
    if getattr(getattr(model, "tokenizer", None), "treebank", None):
        rows += [row for name in datasets for row in raw_rows(model, name, "test")]
    return rows


def tagging_row(model: Any, name: str, split: str, progress: Progress | None = None) -> Row:
    """Scores a tagger on one split of one treebank; see `evaluate_tagging`."""
    from zoo.data import read_tagged

    sentences = read_tagged(name, split)
    began, right, words = time.perf_counter(), 0, 0
    for begin in range(0, len(sentences), _CHUNK):
        chunk = sentences[begin : begin + _CHUNK]
        for sentence, pairs in zip(chunk, model.tag([s.tokens for s in chunk]), strict=True):
            tags = [tag for _, tag in pairs]
            right += sum(map(str.__eq__, tags, sentence.tags))
            words += len(sentence.tags)
        if progress is not None:
            progress(f"{name} {split}", begin + len(chunk), len(sentences))
    return {
        "dataset": name,
        "split": split,
        "metric": "upos_accuracy",
        "value": 100 * right / words,
        "signature": f"words:gold|punctuation:yes|count:{words}",
        "sentences": len(sentences),
        "seconds": time.perf_counter() - began,
    }


def raw_rows(model: Any, name: str, split: str) -> list[Row]:
    """F1 of words, and of words with their tags, on raw sentences; see `evaluate_tagging`.

    A word is found if one of the same form is, in a token of the same place.
    """
    from zoo.data import read_tagged

    sentences = read_tagged(name, split)
    began = time.perf_counter()
    tagged = model.tag([sentence.text for sentence in sentences])
    seconds = time.perf_counter() - began
    gold = [_placed(sentence) for sentence in sentences]
    mine = [[(pair.start, pair.end, *pair) for pair in pairs] for pairs in tagged]
    rows: list[Row] = []
    for metric, cells in (("word_f1", 3), ("upos_f1", 4)):
        both = [
            [collections.Counter(word[:cells] for word in words) for words in side]
            for side in (gold, mine)
        ]
        right = sum((a & b).total() for a, b in zip(*both, strict=True))
        count = sum(map(len, gold)) + sum(map(len, mine))
        rows.append(
            {
                "dataset": name,
                "split": split,
                "metric": metric,
                "value": 200 * right / max(count, 1),
                "signature": f"words:from raw sentences|count:{sum(map(len, gold))}",
                "sentences": len(sentences),
                "seconds": seconds,
            }
        )
    return rows


def _placed(sentence: TaggedSentence) -> list[tuple[int, int, str, str]]:
    """The words of a sentence, after the places at which their tokens begin and end."""
    written = {first: (token, end) for token, first, end in sentence.contracted}
    found, place, number = [], 0, 0
    while number < len(sentence.tokens):
        token, after = written.get(number, (sentence.tokens[number], number + 1))
        begin = sentence.text.find(token, place)
        begin = place if begin < 0 else begin  # a text that is not that of its words
        place = begin + len(token)
        pairs = zip(sentence.tokens[number:after], sentence.tags[number:after], strict=True)
        found += [(begin, place, word, tag) for word, tag in pairs]
        number = after
    return found


def _treebanks(languages: Sequence[str]) -> list[str]:
    from zoo.data.loading import datasets_that_yield

    found = [
        name
        for name, config in datasets_that_yield("tagged", "text")
        if getattr(config, "language", None) in languages
    ]
    if not found:
        raise ConfigError(
            f"There is no treebank in the model's languages ({', '.join(languages) or 'none'}): "
            "name the treebanks to evaluate on, or build the model with languages=..."
        )
    return found


def validation_accuracy(model: Any, datasets: Sequence[str]) -> dict[str, float]:
    """Scores a tagger on validation splits, to follow a training or to choose.

    Args:
        model: as for `evaluate_tagging`.
        datasets: such as "ud/ewt".

    Returns:
        Accuracy in per cent of each data set.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `read_tagged`.
    """
    return {name: tagging_row(model, name, "validation")["value"] for name in datasets}
