"""Batches of recordings and what is said in them. Knows no model and no data set."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.data.batching import (
    bucket_shapes,
    epoch_batches,
    epoch_order,
    pad_rows,
    places_of_rows,
    starts_of,
)
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf

    from zoo.inputs.input import Input

_BUCKETS = 8

# From a recording's values float32 `[time, ...]` and a generator to as many other ones.
Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


@dataclasses.dataclass(frozen=True)
class EncodedRecordings:
    """Recordings and ids of their texts, in memory: batched anew every epoch.

    Attributes:
        name: of the array over time that a model reads, such as "series" or "audio".
        values: float32 `[time, ...]`, all recordings one after the other.
        starts: int64 `[recordings + 1]`; recording `i` is `values[starts[i]:starts[i + 1]]`.
        labels: int32 ids of all texts, one after the other.
        label_starts: int64 `[recordings + 1]`, likewise.
    """

    name: str
    values: np.ndarray
    starts: np.ndarray
    labels: np.ndarray
    label_starts: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Steps of each recording."""
        return np.diff(self.starts)

    def labels_of_each(self) -> list[np.ndarray]:
        """The labels of each recording, int32 `[labels]`."""
        return np.split(self.labels, self.label_starts[1:-1])

    def shapes(self, batch_steps: int, rows_multiple: int = 1) -> tuple[tuple[int, int], ...]:
        """The rows and the length of the batches of each bucket; buckets hold about as many."""
        quantiles = np.quantile(
            self.lengths, np.arange(1, _BUCKETS + 1) / _BUCKETS, method="higher"
        )
        boundaries = sorted({max(int(length), 1) for length in quantiles})
        return bucket_shapes(batch_steps, boundaries, rows_multiple)


def encode_recordings(
    sounds: Sequence[Any], texts: Sequence[str], input: Input, tokenizer: Any
) -> EncodedRecordings:
    """Reads recordings and looks up their characters, once.

    Args:
        sounds: what the input reads.
        texts: what is said in each.
        input: a model's, with one array over time and `lengths`.
        tokenizer: with `encode`, such as `zoo.inputs.CharacterTokenizer`.

    Raises:
        ConfigError: when there is no recording, there are not as many texts, or a text has a
            character that the tokenizer does not know.
    """
    if not sounds or len(sounds) != len(texts):
        raise ConfigError(
            f"Recordings come with a text each, and there are {len(sounds)} and {len(texts)}."
        )
    labels = [np.asarray(tokenizer.encode(text), "int32") for text in texts]
    for text, ids in zip(texts, labels, strict=True):
        if (ids == tokenizer.unknown_id).any():
            odd = text[int((ids == tokenizer.unknown_id).argmax())]
            raise ConfigError(
                f"The tokenizer does not know {odd!r} of {text[:60]!r}: make it of all texts, or "
                "leave the character out."
            )
    return encoded_recordings(sounds, input, labels)


def encoded_recordings(
    sounds: Sequence[Any],
    input: Input,
    labels: Sequence[np.ndarray] | Callable[[int, int], np.ndarray],
) -> EncodedRecordings:
    """Reads recordings with labels that are known, or follow from how long they are.

    Args:
        sounds: what the input reads.
        input: a model's, with one array over time and `lengths`.
        labels: int32 of each, or from the number of a recording and its steps to them.
    """
    name = next(key for key, array in input.arrays.items() if array.shape[:1] == (None,))
    values = [prepared[name] for prepared in input.prepare(list(sounds))]
    if callable(labels):
        labels = [labels(number, len(one)) for number, one in enumerate(values)]
    return EncodedRecordings(
        name,
        np.concatenate(values).astype("float32"),
        starts_of([*map(len, values)]),
        np.concatenate(labels),
        starts_of([*map(len, labels)]),
    )


def transcription_steps(
    recordings: EncodedRecordings, *, batch_steps: int, rows_multiple: int = 1
) -> int:
    """The number of batches in an epoch of `transcription_batches`."""
    return len(epoch_order(recordings, recordings.shapes(batch_steps, rows_multiple), None))


def transcription_batches(
    recordings: EncodedRecordings,
    *,
    batch_steps: int,
    rows_multiple: int = 1,
    change: Change | None = None,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch, of recordings of about the same length.

    The last batch of a bucket is filled up with rows of padding that weigh nothing.

    Args:
        recordings: what `encode_recordings` made.
        batch_steps: steps of a batch, padding included.
        rows_multiple: rows are a multiple of this, such as the devices that share a batch.
        change: other values for a recording, such as with noise, drawn anew every epoch. None:
            they stay as they are.
        shuffle: whether to shuffle recordings within, and batches between the buckets.
        seed: of the order, and of the changes.
        epoch: number of the epoch.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `(inputs, labels, weights)`: the array over time float32 `[rows, time, ...]`
        and `lengths` int32 `[rows]`; labels int32 `[rows, label time]`, filled up with 0; weights
        float32 `[rows]`.

    Raises:
        ConfigError: when a number makes no sense.

    Example:
        >>> for inputs, labels, weights in transcription_batches(  # doctest: +SKIP
        ...     encoded, batch_steps=8000, epoch=3
        ... ):
        ...     ...
    """
    import tensorflow as tf

    shapes = recordings.shapes(batch_steps, rows_multiple)
    bucket = np.searchsorted([length for _, length in shapes], recordings.lengths)
    counts = np.diff(recordings.label_starts)
    widths = {
        length: max(int(counts[bucket == number].max(initial=0)), 1)
        for number, (_, length) in enumerate(shapes)
    }

    def pad_batch(recordings: EncodedRecordings, rows: np.ndarray, length: int):
        places, is_real = places_of_rows(recordings.starts, rows, length)
        values = recordings.values[places]
        if change is not None:
            for row, number in enumerate(rows):
                count = int(is_real[row].sum())
                rng = np.random.default_rng([seed, epoch, max(int(number), 0)])
                values[row, :count] = change(values[row, :count], rng)
        values[~is_real] = 0
        inputs = {
            recordings.name: values.astype("float32"),
            "lengths": is_real.sum(1).astype("int32"),
        }
        labels = pad_rows(recordings.labels, recordings.label_starts, rows, widths[length])
        return inputs, labels, (rows >= 0).astype("float32")

    inputs = {
        recordings.name: tf.TensorSpec([None, None, *recordings.values.shape[1:]], tf.float32),
        "lengths": tf.TensorSpec([None], tf.int32),
    }
    ids, weights = tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None], tf.float32)
    seeds = [seed, epoch] if shuffle else None
    return epoch_batches(recordings, shapes, pad_batch, (inputs, ids, weights), seeds, start)


def spelling_batches(
    recordings: EncodedRecordings, *, end_id: int, begin_id: int | None = None, **how: Any
) -> tf.data.Dataset:
    """The batches of `transcription_batches` for a decoder that is told the labels before each.

    Args:
        recordings: what `encode_recordings` made.
        end_id: the token after the last label, such as `Listener.end_id`.
        begin_id: the token before the first. None: `end_id`.
        **how: as for `transcription_batches`.

    Returns:
        A data set of `(inputs, labels, weights)`: beside the arrays of a recording `target`, int32
        `[rows, label time + 1]`, which begins with `begin_id`; labels of the same shape, with
        `end_id` after the last; weights float32 of that shape, 0 at padding. Rows of padding are 0.
    """
    import tensorflow as tf

    def spelled(inputs, labels, weights):
        labels = tf.pad(labels, [(0, 0), (0, 1)])
        is_row = weights[:, None] > 0
        count = tf.reduce_sum(tf.cast(labels > 0, tf.int32), axis=1, keepdims=True)
        is_end = (tf.range(tf.shape(labels)[1]) == count) & is_row
        begin = tf.where(is_row, end_id if begin_id is None else begin_id, 0)
        target = tf.concat([begin, labels[:, :-1]], axis=1)
        labels = tf.where(is_end, end_id, labels)
        return {**inputs, "target": target}, labels, tf.cast(labels > 0, tf.float32)

    return transcription_batches(recordings, **how).map(spelled)
