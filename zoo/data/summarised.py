"""Texts and their summaries: read from any data set that has them, cut into ids, and batched.

This module knows no model and no data set.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from zoo.data import loading
from zoo.data.batching import bucket_shapes, epoch_batches, epoch_order, pad_rows, starts_of
from zoo.data.pairs import BatchPlan, EncodedPairs, plan_batches
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf

    from zoo.inputs.subwords import SentencePieceTokenizer

# Of texts of some ten to some two hundred pieces; the last is more than any tokenizer may read.
BOUNDARIES = (16, 24, 32, 48, 64, 80, 96, 128, 160, 192, 224, 256, 384, 512, 1024)
_MULTIPLE = 4  # of the steps of targets: few shapes, little padding
_WORD = re.compile(r"\w+")


class Summarised(NamedTuple):
    """A text and what sums it up.

    Attributes:
        text: such as an e-mail.
        summary: such as its subject line.
        others: what other people wrote for it, none or more.
    """

    text: str
    summary: str
    others: tuple[str, ...] = ()


def read_summaries(name: str, split: str) -> list[Summarised]:
    """Returns the texts and summaries of a split, in the order of its file.

    Args:
        name: such as "aeslc".
        split: "train", "validation" or "test".

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_examples` does.
    """
    loading.require_features(name, Summarised._fields)
    return [
        Summarised(
            one["text"].decode(),
            one["summary"].decode(),
            tuple(other.decode() for other in one["others"]),
        )
        for one in loading.load_examples(name, split).as_numpy_iterator()
    ]


def written_as_in(text: str, summary: str) -> str:
    """The summary, its words in capitals and small letters as the text has them.

    A word that the text has as it is stays so; one that it has otherwise is written as there for
    the first time. A model that copies can then take it over.

    >>> written_as_in("please send the draw file for Bishops Corner", "Draw File, bishops corner!")
    'draw file, Bishops Corner!'
    """
    words = _WORD.findall(text)
    known = set(words)
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(word.lower(), word)

    def written(match: re.Match) -> str:
        word = match[0]
        return word if word in known else first.get(word.lower(), word)

    return _WORD.sub(written, summary)


def encode_summaries(
    examples: Sequence[Summarised], tokenizer: SentencePieceTokenizer
) -> EncodedPairs:
    """Cuts all texts, as a model reads them, and their summaries once.

    Args:
        examples: from `read_summaries`.
        tokenizer: of both sides; of a longer text as much as it reads is kept.

    Raises:
        ConfigError: when there is no example.
    """
    if not examples:
        raise ConfigError("There are no summaries to batch.")
    sources = [one["source"] for one in tokenizer.prepare([one.text for one in examples])]
    begin, end = tokenizer.bos_id, tokenizer.eos_id
    rows = tokenizer.encode([one.summary for one in examples])
    targets = [np.array([begin, *ids, end], "int32") for ids in rows]
    return EncodedPairs(
        np.concatenate(sources),
        starts_of([*map(len, sources)]),
        np.concatenate(targets),
        starts_of([*map(len, targets)]),
    )


def plan_summaries(
    summaries: EncodedPairs,
    *,
    batch_tokens: int = 2048,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
) -> BatchPlan:
    """`plan_batches` for `summary_batches`; its `padding` is that of the texts."""
    how: dict[str, Any] = dict(
        batch_tokens=batch_tokens, boundaries=boundaries, rows_multiple=rows_multiple
    )
    plan = plan_batches(summaries, **how)
    batches = epoch_order(summaries, plan.shapes, None)
    read = np.diff(summaries.source_starts)
    kept = sum(int(read[rows[rows >= 0]].sum()) for _, rows in batches)
    positions = sum(len(rows) * length for length, rows in batches)
    return dataclasses.replace(plan, padding=1 - kept / positions if positions else 0.0)


def summary_batches(
    summaries: EncodedPairs,
    *,
    batch_tokens: int = 2048,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch for teacher forcing, as `zoo.data.translation_batches` gives them.

    Summaries are much shorter than their texts: `target` and `labels` of a batch have steps of
    their own, as many as the longest of it needs, rounded up to a multiple of four.

    Args:
        summaries: from `encode_summaries`.
        batch_tokens, boundaries, rows_multiple, shuffle, seed, epoch, start: as there.

    Returns:
        A data set of `({"source", "target"}, labels, weights)`: `source` int32 `[rows, length]`;
        `target` and `labels` int32, `weights` float32 `[rows, target time]`.

    Raises:
        ConfigError: when a number makes no sense.
    """
    import tensorflow as tf

    shapes = bucket_shapes(batch_tokens, boundaries, rows_multiple)
    ids = tf.TensorSpec([None, None], tf.int32)
    signature = ({"source": ids, "target": ids}, ids, tf.TensorSpec([None, None], tf.float32))
    seeds = [seed, epoch] if shuffle else None
    return epoch_batches(summaries, shapes, _pad_batch, signature, seeds, start)


def _pad_batch(pairs: EncodedPairs, rows: np.ndarray, length: int):
    """Lays one batch out; row -1 is filling."""
    source = pad_rows(pairs.source, pairs.source_starts, rows, length)
    real = rows[rows >= 0]
    longest = int((pairs.target_starts[real + 1] - pairs.target_starts[real]).max()) - 1
    steps = -(-longest // _MULTIPLE) * _MULTIPLE
    target = pad_rows(pairs.target, pairs.target_starts, rows, steps + 1)
    labels = target[:, 1:]
    is_real = labels != 0
    inputs = {"source": source, "target": np.where(is_real, target[:, :-1], 0).astype(np.int32)}
    return inputs, labels, is_real.astype(np.float32)
