"""Additive attention."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.attention.attention import Attention


@keras.saving.register_keras_serializable(package="zoo")
class AdditiveAttention(Attention):
    """`score(q, m) = v . tanh(q W + m U)` (Bahdanau, Cho and Bengio 2015, arXiv:1409.0473, A.1.2).

    With coverage `c`, the sum of the weights that all earlier queries gave each step of the memory,
    it is `v . tanh(q W + m U + c u)` (See et al. 2017, arXiv:1704.04368, eq. 11).

    Args:
        units: width of the hidden layer that compares query and memory.
        coverage: whether it is told where earlier queries looked.

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

    def __init__(self, units: int, coverage: bool = False, **kwargs):
        super().__init__(units, **kwargs)
        self.coverage = coverage

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
        if self.coverage:
            self.coverage_kernel = self.add_weight(name="coverage_kernel", shape=(1, self.units))

    def keys(self, memory):
        return ops.matmul(memory, ops.cast(self.memory_kernel, memory.dtype)) + ops.cast(
            self.bias, memory.dtype
        )

    def scores(self, query, keys, coverage=None):
        query = ops.matmul(query, ops.cast(self.query_kernel, query.dtype))
        hidden = ops.expand_dims(query, 2) + ops.expand_dims(keys, 1)
        if coverage is not None:
            seen = ops.expand_dims(ops.cast(coverage, hidden.dtype), -1)
            hidden = hidden + seen * ops.cast(self.coverage_kernel, hidden.dtype)
        hidden = ops.tanh(hidden)
        return ops.squeeze(ops.matmul(hidden, ops.cast(self.score_kernel, hidden.dtype)), -1)

    def get_config(self):
        coverage = {"coverage": True} if self.coverage else {}  # files without are as they were
        return {**super().get_config(), **coverage}
