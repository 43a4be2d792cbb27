"""Training a model of streams with its state carried from batch to batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops, tree

from zoo.backend.replicas import replica, rows_of_replica, share_of_replica


class CarriedState(keras.Model):
    """Base of models around a recurrent one whose state after one batch is that before the next.

    Each row of a batch goes on where the same row of the batch before ended, so that the model sees
    a stream whole, while gradients go back to the beginning of a batch and no further (Williams and
    Peng 1990). Replicas that share the rows of a batch by a strategy have the state of all of them,
    and read and write that of their own rows.

    Args:
        get_initial_state: of the recurrent model: from a number of rows to a nest of `[rows, ...]`.
        rows: rows of every batch, a multiple of the replicas that share it.
    """

    def __init__(self, get_initial_state: Callable[[int], Any], rows: int, **kwargs):
        super().__init__(**kwargs)
        self.get_initial_state = get_initial_state
        self.rows = rows
        self.carried = [
            self.add_weight(
                name=f"carried_{number}",
                shape=state.shape,
                initializer="zeros",
                trainable=False,
                aggregation="sum",  # of the shares of replicas
            )
            for number, state in enumerate(tree.flatten(get_initial_state(rows)))
        ]
        self.built = True

    def build(self, input_shape=None):
        self.built = True

    def before(self, begins):
        """The state before a batch.

        Args:
            begins: bool `[rows]`, True in rows that begin a stream: they have the initial state.
        """
        rows = begins.shape[0] or self.rows // replica()[1]
        first = self.get_initial_state(rows)
        state = [
            ops.where(
                ops.reshape(begins, (-1, *(1 for _ in new.shape[1:]))),
                new,
                ops.cast(rows_of_replica(old, rows), new.dtype),
            )
            for new, old in zip(tree.flatten(first), self.carried, strict=True)
        ]
        return tree.pack_sequence_as(first, state)

    def carry(self, state):
        """Keeps the state after a batch, through which no gradient flows, for the next."""
        for variable, value in zip(self.carried, tree.flatten(state), strict=True):
            variable.assign(share_of_replica(ops.stop_gradient(value), self.rows))
