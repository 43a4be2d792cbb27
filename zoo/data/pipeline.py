"""From pairs of strings to batches of ids: tokenise, bucket by length, batch by tokens.

Every batch of a bucket has one static shape, so that a compiled training step is traced once
for each bucket. The order of an epoch is a function of (seed, epoch) alone. This module knows
no model and no data set.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.data.generated import generated_batches
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf

    from zoo.data.tokenizers import SentencePieceTokenizer

BOUNDARIES = (8, 12, 16, 20, 24, 32, 48, 64)
_PAD, _BOS, _EOS = 0, 2, 3


@dataclasses.dataclass(frozen=True)
class EncodedPairs:
    """Token ids of all pairs, in memory: tokenised once, then batched anew every epoch.

    Attributes:
        source: int32 ids of all source sentences one after the other, each with the end of
            sentence.
        source_starts: int64, `[pairs + 1]`; pair `i` is `source[source_starts[i]:
            source_starts[i + 1]]`.
        target: int32 ids, each sentence with begin and end.
        target_starts: int64, `[pairs + 1]`.
    """

    source: np.ndarray
    source_starts: np.ndarray
    target: np.ndarray
    target_starts: np.ndarray

    def __len__(self) -> int:
        return len(self.source_starts) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Steps each pair needs, `[pairs]`: source with end, target with begin or end."""
        source = np.diff(self.source_starts)
        target = np.diff(self.target_starts) - 1
        return np.maximum(source, target)

    @property
    def target_tokens(self) -> int:
        """Labels an epoch has: target ids and one end of sentence each."""
        return len(self.target) - len(self)


@dataclasses.dataclass(frozen=True)
class BatchPlan:
    """What an epoch will look like, known before it begins.

    Attributes:
        shapes: `(rows, length)` of the batches of each bucket.
        batches: number of batches of each bucket an epoch.
        steps: number of batches an epoch.
        pairs: pairs that are in the batches.
        left_out: pairs longer than the last bucket, which are in no batch.
        target_tokens: labels an epoch.
        padding: share of the label positions that are padding.
    """

    shapes: tuple[tuple[int, int], ...]
    batches: tuple[int, ...]
    steps: int
    pairs: int
    left_out: int
    target_tokens: int
    padding: float


def encode_pairs(
    pairs: tf.data.Dataset,
    source_tokenizer: SentencePieceTokenizer,
    target_tokenizer: SentencePieceTokenizer,
) -> EncodedPairs:
    """Tokenises all pairs once.

    Args:
        pairs: data set of `(source, target)` string scalars.
        source_tokenizer: tokenizer of the source side.
        target_tokenizer: tokenizer of the target side.

    Returns:
        The ids, to be given to `translation_batches` for each epoch.

    Raises:
        ConfigError: when there is no pair.
    """
    import tensorflow as tf

    def ids(source, target):
        return source_tokenizer.tokenize(source), target_tokenizer.tokenize(target)

    batched = pairs.batch(1024).map(ids, num_parallel_calls=tf.data.AUTOTUNE)
    sources, targets = [], []
    for source, target in batched.prefetch(2):
        sources.append((source.values.numpy(), source.row_lengths().numpy()))
        targets.append((target.values.numpy(), target.row_lengths().numpy()))
    if not sources:
        raise ConfigError("There are no pairs to batch: the data set given is empty.")
    source, source_starts = _flatten(sources, begin=False)
    target, target_starts = _flatten(targets, begin=True)
    return EncodedPairs(source, source_starts, target, target_starts)


def _flatten(parts: list[tuple[np.ndarray, np.ndarray]], begin: bool):
    """Joins the ids of all sentences, each with its end, and its begin where asked."""
    ids = np.concatenate([values for values, _ in parts])
    lengths = np.concatenate([lengths for _, lengths in parts])
    extra = 2 if begin else 1
    starts = np.concatenate([[0], np.cumsum(lengths + extra)]).astype(np.int64)
    joined = np.full(starts[-1], _EOS, np.int32)
    is_id = np.ones(starts[-1], bool)
    is_id[starts[1:] - 1] = False
    if begin:
        joined[starts[:-1]] = _BOS
        is_id[starts[:-1]] = False
    joined[is_id] = ids
    return joined, starts


def bucket_shapes(
    batch_tokens: int = 1024,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
) -> tuple[tuple[int, int], ...]:
    """Returns the `(rows, length)` of the batches of each bucket.

    Args:
        batch_tokens: positions a batch has at most; a bucket longer than that has one row, or
            `rows_multiple` of them.
        boundaries: the lengths of the buckets, rising.
        rows_multiple: the number of rows is a multiple of this, for instance the number of
            devices that share a batch.

    Returns:
        One pair for each boundary.

    Raises:
        ConfigError: when a number is not positive or the boundaries do not rise.

    Example:
        >>> bucket_shapes(1024, (8, 16))
        ((128, 8), (64, 16))
    """
    boundaries = tuple(boundaries)
    if batch_tokens < 1 or rows_multiple < 1:
        raise ConfigError(
            "batch_tokens and rows_multiple are positive numbers, not "
            f"{batch_tokens} and {rows_multiple}."
        )
    rising = all(low < high for low, high in zip(boundaries, boundaries[1:], strict=False))
    if not boundaries or boundaries[0] < 1 or not rising:
        raise ConfigError(f"boundaries are positive lengths that rise, not {boundaries}.")
    shapes = []
    for length in boundaries:
        rows = max(batch_tokens // length // rows_multiple, 1) * rows_multiple
        shapes.append((rows, length))
    return tuple(shapes)


def plan_batches(
    pairs: EncodedPairs,
    *,
    batch_tokens: int = 1024,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
) -> BatchPlan:
    """Counts the batches, pairs and padding an epoch of `translation_batches` has.

    Args:
        pairs: the encoded pairs.
        batch_tokens: as for `translation_batches`.
        boundaries: as for `translation_batches`.
        rows_multiple: as for `translation_batches`.

    Returns:
        The plan; it is the same for every epoch.
    """
    shapes = bucket_shapes(batch_tokens, boundaries, rows_multiple)
    bucket = np.searchsorted([length for _, length in shapes], pairs.lengths)
    counts = np.bincount(bucket, minlength=len(shapes) + 1)
    batches = tuple(
        int(-(-count // rows)) for count, (rows, _) in zip(counts, shapes, strict=False)
    )
    positions = sum(
        number * rows * length for number, (rows, length) in zip(batches, shapes, strict=True)
    )
    labels = np.diff(pairs.target_starts) - 1
    tokens = int(labels[bucket < len(shapes)].sum())
    return BatchPlan(
        shapes=shapes,
        batches=batches,
        steps=sum(batches),
        pairs=int(counts[:-1].sum()),
        left_out=int(counts[-1]),
        target_tokens=tokens,
        padding=1 - tokens / positions if positions else 0.0,
    )


def translation_batches(
    pairs: tf.data.Dataset | EncodedPairs,
    source_tokenizer: SentencePieceTokenizer | None = None,
    target_tokenizer: SentencePieceTokenizer | None = None,
    *,
    batch_tokens: int = 1024,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch for teacher forcing.

    A pair goes to the first bucket that holds `max(len(source) + 1, len(target) + 1)` ids, one
    being the end of sentence. The last, short batch of a bucket is filled up with rows of
    padding that weigh nothing. Pairs longer than the last bucket are left out; `plan_batches`
    counts them.

    Args:
        pairs: data set of `(source, target)` strings, or what `encode_pairs` made of it; for
            more than one epoch encode once and give that.
        source_tokenizer: of the source side; needed for strings only.
        target_tokenizer: of the target side; needed for strings only.
        batch_tokens: positions of a batch: a bucket of length L has `batch_tokens // L` rows.
        boundaries: lengths of the buckets, rising.
        rows_multiple: rows are a multiple of this.
        shuffle: whether to shuffle pairs within, and batches between the buckets; without it
            pairs keep their order in each bucket, and buckets come from short to long.
        seed: of the order.
        epoch: number of the epoch; each has its own order.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"source", "target"}, labels, weights)`: `source` int32
        `[rows, length]`, ids and end of sentence; `target` int32 `[rows, length]`, begin of
        sentence and ids; `labels` int32 `[rows, length]`, ids and end of sentence; `weights`
        float32 `[rows, length]`, 1 on labels and 0 on padding. Padding is id 0, at the right.

    Raises:
        ConfigError: when there are no pairs, or a number makes no sense.

    Example:
        >>> encoded = encode_pairs(pairs, tokenizer, tokenizer)  # doctest: +SKIP
        >>> for inputs, labels, weights in translation_batches(encoded, epoch=3):  # doctest: +SKIP
        ...     ...
    """
    import tensorflow as tf

    if not isinstance(pairs, EncodedPairs):
        if source_tokenizer is None or target_tokenizer is None:
            raise ConfigError("Pairs of strings need a source_tokenizer and a target_tokenizer.")
        pairs = encode_pairs(pairs, source_tokenizer, target_tokenizer)
    shapes = bucket_shapes(batch_tokens, boundaries, rows_multiple)
    ids = tf.TensorSpec([None, None], tf.int32)
    weights = tf.TensorSpec([None, None], tf.float32)
    signature = ({"source": ids, "target": ids}, ids, weights)
    seeds = [seed, epoch] if shuffle else None
    return epoch_batches(pairs, shapes, _pad_batch, signature, seeds, start)


def epoch_batches(
    examples: Any,
    shapes: tuple[tuple[int, int], ...],
    pad_batch: Callable[[Any, np.ndarray, int], Any],
    signature: Any,
    seeds: list[int] | None,
    start: int,
) -> tf.data.Dataset:
    """The batches of an epoch as a data set.

    Args:
        examples: anything with `len` and `lengths`.
        shapes: what `bucket_shapes` gives.
        pad_batch: lays the examples of one batch out: `(examples, rows, length)` to arrays.
        signature: `tf.TensorSpec` of these.
        seeds: seed and number of the epoch; None keeps the order, see `epoch_order`.
        start: number of batches to leave out at the beginning.

    Raises:
        ConfigError: when the epoch has not as many batches.
    """
    generator = None if seeds is None else np.random.default_rng(seeds)
    batches = epoch_order(examples, shapes, generator)
    if not 0 <= start <= len(batches):
        raise ConfigError(
            f"The epoch has {len(batches)} batches, so it cannot start at number {start}."
        )

    def generate():
        for length, rows in batches[start:]:
            yield pad_batch(examples, rows, length)

    return generated_batches(generate, signature, len(batches) - start)


def epoch_order(
    pairs: Any,
    shapes: tuple[tuple[int, int], ...],
    generator: np.random.Generator | None,
) -> list[tuple[int, np.ndarray]]:
    """Returns the batches of an epoch: (length, numbers of the pairs, -1 for a filling row).

    Args:
        pairs: anything with `len` and `lengths`.
        shapes: what `bucket_shapes` gives.
        generator: of the order; None keeps pairs in theirs, and buckets from short to long.
    """
    order = np.arange(len(pairs)) if generator is None else generator.permutation(len(pairs))
    bucket = np.searchsorted([length for _, length in shapes], pairs.lengths[order])
    batches = []
    for number, (rows, length) in enumerate(shapes):
        members = order[bucket == number]
        filling = np.full(-len(members) % rows, -1)
        for batch in np.concatenate([members, filling]).reshape(-1, rows).astype(np.int64):
            batches.append((length, batch))
    if generator is not None:
        batches = [batches[i] for i in generator.permutation(len(batches))]
    return batches


def _pad_batch(pairs: EncodedPairs, rows: np.ndarray, length: int):
    """Lays the pairs of one batch out as `[rows, length]` arrays."""
    source = pad_rows(pairs.source, pairs.source_starts, rows, length)
    target = pad_rows(pairs.target, pairs.target_starts, rows, length + 1)
    labels = target[:, 1:]
    real = labels != _PAD
    inputs = {"source": source, "target": np.where(real, target[:, :-1], _PAD)}
    return inputs, labels, real.astype(np.float32)


def pad_rows(ids: np.ndarray, starts: np.ndarray, rows: np.ndarray, length: int) -> np.ndarray:
    """Takes sentences out of joined ids and pads them on the right to `[rows, length]`."""
    begin = np.where(rows >= 0, starts[rows], 0)
    end = np.where(rows >= 0, starts[rows + 1], 0)
    positions = begin[:, None] + np.arange(length)
    real = positions < end[:, None]
    return np.where(real, ids[np.where(real, positions, 0)], _PAD).astype(np.int32)
