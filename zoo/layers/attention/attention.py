"""What every attention shares: memory looked at once, then asked by any number of queries."""

from __future__ import annotations

import keras
from keras import ops


class Attention(keras.layers.Layer):
    """Base of attentions over a memory.

    A subclass builds its weights from the shapes `[query, memory]` and says what it keeps of the
    memory (`keys(memory)`, once a sequence) and how a query is scored against it
    (`scores(query, keys)` -> `[batch, queries, memory time]`).

    The query axis is time in teacher forcing and the beam in decoding: hypotheses ask one memory,
    which is never copied for them.

    Args:
        units: width of the comparison.

    Attributes:
        coverage: whether scores depend on where earlier queries looked; then they take the
            coverage as a third argument.
    """

    coverage = False

    def __init__(self, units: int, **kwargs):
        super().__init__(**kwargs)
        if int(units) != units or units < 1:
            raise ValueError(
                f"{type(self).__name__} wants a positive number of units, not {units!r}."
            )
        self.units = int(units)

    def keys(self, memory):
        raise NotImplementedError

    def scores(self, query, keys):
        raise NotImplementedError

    def precompute(self, memory, mask=None):
        """What depends on the memory alone.

        Args:
            memory: `[batch, memory time, features]`.
            mask: bool `[batch, memory time]`, True = real; None: all are.

        Returns:
            `(memory, keys, mask)` for `call`; the mask as `[batch, 1, memory time]` of 0 and 1.
        """
        if mask is None:
            mask = ops.ones(ops.shape(memory)[:2], dtype="bool")
        return memory, self.keys(memory), ops.cast(ops.expand_dims(mask, 1), memory.dtype)

    def call(self, query, precomputed, coverage=None):
        """Asks the memory.

        Args:
            query: `[batch, queries, features]`.
            precomputed: from `precompute`.
            coverage: `[batch, queries, memory time]`, the sum of the weights of all queries before
                each, of an attention with `coverage`; None of another.

        Returns:
            Contexts `[batch, queries, memory features]` and weights `[batch, queries, memory
            time]`, which sum to 1 over the real part of the memory and are 0 elsewhere (all 0 where
            nothing is real).
        """
        memory, keys, mask = precomputed
        more = () if coverage is None else (coverage,)
        scores = self.scores(query, keys, *more)
        # Finite, and within the range of float16.
        weights = ops.softmax(scores + (mask - 1) * 3e4, axis=-1) * mask
        return ops.matmul(weights, memory), weights

    def compute_output_shape(self, query_shape, precomputed=None, coverage=None):
        memory_shape = precomputed[0]
        return (
            (*query_shape[:-1], memory_shape[-1]),
            (*query_shape[:-1], memory_shape[1]),
        )

    def get_config(self):
        return {**super().get_config(), "units": self.units}
