"""Additive attention."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.attention.attention import Attention


@keras.saving.register_keras_serializable(package="zoo")
class AdditiveAttention(Attention):
    """`score(q, m) = v . tanh(q W + m U)` (Bahdanau, Cho and Bengio 2015, arXiv:1409.0473, A.1.2).

    Args:
        units: width of the hidden layer that compares query and memory.

    See `Attention` for what `precompute` and `call` take and give.

    Example:

    >>> import keras
    >>> attention = AdditiveAttention(8)
    >>> memory, query = keras.ops.ones((2, 5, 4)), keras.ops.ones((2, 3, 6))
    >>> attention.build([(2, 3, 6), (2, 5, 4)])
    >>> context, weights = attention(query, attention.precompute(memory))
    >>> tuple(context.shape), tuple(weights.shape)
    ((2, 3, 4), (2, 3, 5))
    """

    def build(self, input_shapes):
        query_shape, memory_shape = input_shapes
        self.query_kernel = self.add_weight(
            name="query_kernel", shape=(query_shape[-1], self.units)
        )
        self.memory_kernel = self.add_weight(
            name="memory_kernel", shape=(memory_shape[-1], self.units)
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")
        self.score_kernel = self.add_weight(name="score_kernel", shape=(self.units, 1))

    def keys(self, memory):
        return ops.matmul(memory, ops.cast(self.memory_kernel, memory.dtype)) + ops.cast(
            self.bias, memory.dtype
        )

    def scores(self, query, keys):
        query = ops.matmul(query, ops.cast(self.query_kernel, query.dtype))
        hidden = ops.tanh(ops.expand_dims(query, 2) + ops.expand_dims(keys, 1))
        return ops.squeeze(ops.matmul(hidden, ops.cast(self.score_kernel, hidden.dtype)), -1)
