"""Multiplicative attention."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.attention.attention import Attention


@keras.saving.register_keras_serializable(package="zoo")
class MultiplicativeAttention(Attention):
    """`score(q, m) = (q W) . (m U) / sqrt(units)`.

    The "general" score of Luong, Pham and Manning 2015 (arXiv:1508.04025, eq. 8) with its matrix
    factored through `units`, and scaled as in Vaswani et al. 2017 (arXiv:1706.03762, eq. 1) so that
    wide layers do not start with a saturated softmax.

    Args:
        units: width of the space where query and memory meet.

    See `Attention` for what `precompute` and `call` take and give.
    """

    def build(self, input_shapes):
        query_shape, memory_shape = input_shapes
        self.query_kernel = self.add_weight(
            name="query_kernel", shape=(query_shape[-1], self.units)
        )
        self.memory_kernel = self.add_weight(
            name="memory_kernel", shape=(memory_shape[-1], self.units)
        )

    def keys(self, memory):
        return ops.matmul(memory, ops.cast(self.memory_kernel, memory.dtype))

    def scores(self, query, keys):
        query = ops.matmul(query, ops.cast(self.query_kernel, query.dtype))
        return ops.matmul(query * self.units**-0.5, ops.transpose(keys, (0, 2, 1)))
