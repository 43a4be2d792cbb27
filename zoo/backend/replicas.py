"""Rows of a batch that the replicas of a `tf.distribute.Strategy` share, and one value of all.

JAX's devices compute on the batch as a whole, so that there is nothing to share out.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def replica() -> tuple[Any, int]:
    """The number of this replica, from 0, and how many there are.

    Outside of a step that replicas take it is the first.
    """
    if keras.backend.backend() != "tensorflow":
        return 0, 1
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    number = 0 if context is None else context.replica_id_in_sync_group
    return number, tf.distribute.get_strategy().num_replicas_in_sync


def rows_of_replica(array: Any, rows: int) -> Any:
    """The rows that this replica has of a batch.

    Args:
        array: `[rows of all, ...]`, the same in every replica.
        rows: of each replica, a divisor of those of all.

    Returns:
        `[rows, ...]`: replica `r` has the rows from `r * rows` on.
    """
    if array.shape[0] == rows:
        return array
    return ops.take(ops.reshape(array, (-1, rows, *array.shape[1:])), replica()[0], axis=0)


def share_of_replica(array: Any, rows_of_all: int) -> Any:
    """What this replica adds to a value of all rows: its own rows, and zeros in those of others.

    A variable with the aggregation "sum" that every replica assigns its share to has the rows of
    all.

    Args:
        array: `[rows, ...]`, as `rows_of_replica` gives them; all of them where replicas have the
            same, of which the first one's count.
        rows_of_all: a multiple of `rows`.

    Returns:
        `[rows of all, ...]`.
    """
    number, count = replica()
    if count == 1:
        return array
    parts = rows_of_all // array.shape[0]
    is_mine = ops.reshape(ops.arange(parts) == number, (parts, *(1 for _ in array.shape)))
    shares = ops.where(is_mine, array[None], ops.zeros_like(array)[None])
    return ops.reshape(shares, (rows_of_all, *array.shape[1:]))
