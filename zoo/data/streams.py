"""From one long array of ids to batches of parallel streams, for language models.

The array may be a `np.memmap`: only what a batch shows is read. This module knows no model and no
data set.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from zoo.data.batching import generated_batches
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class StreamPlan:
    """What an epoch will look like, known before it begins.

    Attributes:
        steps: number of batches.
        tokens: labels an epoch: all ids except fewer than `rows * (time + 1)` of them.
        padding: none.
    """

    steps: int
    tokens: int
    padding: float = 0.0


def plan_streams(ids: np.ndarray, *, rows: int, time: int) -> StreamPlan:
    """Counts the batches and labels of an epoch of `stream_batches`.

    Raises:
        ConfigError: when there are too few ids for one batch.
    """
    if rows < 1 or time < 1:
        raise ConfigError(f"rows and time are positive numbers, not {rows} and {time}.")
    steps = (len(ids) - 1) // rows // time
    if steps < 1:
        raise ConfigError(
            f"A batch of {rows} rows of {time} tokens wants a text of {rows * time + 1} tokens, "
            f"and there are {len(ids)}: give more text, or take fewer rows or less time."
        )
    return StreamPlan(steps, steps * rows * time)


def stream_batches(
    ids: np.ndarray, *, rows: int, time: int, seed: int = 0, epoch: int = 0, start: int = 0
) -> tf.data.Dataset:
    """Continuous batches of one epoch: row `r` of a batch goes on in row `r` of the next.

    The text is read as a ring, cut anew into `rows` streams at a place that depends on
    `(seed, epoch)` alone, so that windows do not begin at the same ids every time.

    Args:
        ids: integers `[tokens]`, in memory or mapped from a file.
        rows: streams side by side.
        time: tokens of a stream in one batch.
        seed: of the places where epochs begin.
        epoch: number of the epoch.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"tokens", "begins"}, labels)`: `tokens` int32 `[rows, time]`; `begins`
        bool `[rows]`, True in the first batch of the epoch; `labels` int32 `[rows, time]`, the
        token after each.

    Raises:
        ConfigError: when there are too few ids for one batch, or `start` is beyond the epoch.

    Example:
        >>> batches = stream_batches(np.arange(13), rows=2, time=3)
        >>> [labels.numpy().shape for inputs, labels in batches]
        [(2, 3), (2, 3)]
    """
    import tensorflow as tf

    plan = plan_streams(ids, rows=rows, time=time)
    if not 0 <= start <= plan.steps:
        raise ConfigError(
            f"The epoch has {plan.steps} batches, so it cannot start at number {start}."
        )
    first = int(np.random.default_rng([seed, epoch]).integers(len(ids)))
    row_begins = first + np.arange(rows) * (plan.steps * time)

    def generate():
        for number in range(start, plan.steps):
            window = np.stack([_ring(ids, begin + number * time, time + 1) for begin in row_begins])
            inputs = {"tokens": window[:, :-1], "begins": np.full(rows, number == 0)}
            yield inputs, window[:, 1:]

    tokens = tf.TensorSpec([rows, time], tf.int32)
    signature = ({"tokens": tokens, "begins": tf.TensorSpec([rows], tf.bool)}, tokens)
    return generated_batches(generate, signature, plan.steps - start)


def _ring(ids: np.ndarray, begin: int, length: int) -> np.ndarray:
    """`length` ids from `begin` on, int32; after the last comes the first again."""
    begin %= len(ids)
    window = np.asarray(ids[begin : begin + length], "int32")
    if len(window) < length:
        window = np.concatenate([window, np.asarray(ids[: length - len(window)], "int32")])
    return window
