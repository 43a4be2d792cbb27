"""Batches of sequences: buckets by length, the order of an epoch, padding.

Every batch of a bucket has one static shape, so that a compiled training step is traced once for
each bucket. The order of an epoch is a function of (seed, epoch) alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.errors import ConfigError
from zoo.inputs.ids import PAD_ID

if TYPE_CHECKING:
    import tensorflow as tf

BOUNDARIES = (8, 12, 16, 20, 24, 32, 48, 64)
_AHEAD = 4  # batches that are made while a step is computed


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


def starts_of(lengths: Sequence[int] | np.ndarray) -> np.ndarray:
    """Where sequences of these lengths begin when they are joined, and the end: int64 `[n + 1]`.

    >>> starts_of([3, 1]).tolist()
    [0, 3, 4]
    """
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def pad_rows(ids: np.ndarray, starts: np.ndarray, rows: np.ndarray, length: int) -> np.ndarray:
    """Takes sentences out of joined ids and pads them on the right to `[rows, length]`."""
    places, is_real = places_of_rows(starts, rows, length)
    return np.where(is_real, ids[places], PAD_ID).astype(np.int32)


def places_of_rows(
    starts: np.ndarray, rows: np.ndarray, length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Where the steps of rows stand in joined ones, and which of them are real.

    Args:
        starts: `[sequences + 1]`; sequence `i` is `joined[starts[i]:starts[i + 1]]`.
        rows: numbers of sequences; -1: a row of padding.
        length: steps of each row.

    Returns:
        int `[rows, length]`, 0 where they are padding; and bool of the same shape.
    """
    begin = np.where(rows >= 0, starts[rows], 0)
    end = np.where(rows >= 0, starts[rows + 1], 0)
    places = begin[:, None] + np.arange(length)
    is_real = places < end[:, None]
    return np.where(is_real, places, 0), is_real


def generated_batches(
    generate: Callable[[], Iterator[Any]], signature: Any, count: int
) -> tf.data.Dataset:
    """The batches of an epoch as a data set.

    Nothing in it is tuned while it runs: there is nothing to tune, and whoever drops the iterator
    of a tuned data set in TensorFlow 2.21 often waits until its tuner wakes up, which after a long
    epoch is a minute.

    Args:
        generate: gives an iterator over the batches, anew for every iteration.
        signature: the `tf.TensorSpec` of a batch, nested as it is.
        count: how many batches it yields.
    """
    import tensorflow as tf

    dataset = tf.data.Dataset.from_generator(generate, output_signature=signature)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(count)).prefetch(_AHEAD)
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)
