"""Attention by several heads, each of which compares in a part of the width of its own."""

from __future__ import annotations

import math

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.attention.attention import Attention
from zoo.layers.rotation import turned


@keras.saving.register_keras_serializable(package="zoo")
class MultiHeadAttention(Attention):
    """Heads that ask the memory side by side (Vaswani et al. 2017, arXiv:1706.03762, section 3.2).

    Head `i` compares in `units / heads` features of its own,

        weights_i = softmax((q Q_i)(m K_i)^T / sqrt(units / heads)),  head_i = weights_i (m V_i)

    and the context is `[head_1; ...; head_n] O`, as wide as the memory. With `rotary`, queries and
    memory are the steps of one sequence, and a comparison depends on how far apart they are, by
    rotations (Su et al. 2021, arXiv:2104.09864, section 3.4.2).

    Args:
        units: width of all heads together.
        heads: number of heads; `units` is a multiple of it, and of twice it with `rotary`. None:
            4, or as many of them as the width can be divided among.
        rotary: whether places are told by rotation.
        dropout: part of the weights that is dropped.

    See `Attention` for what `precompute` and `call` take and give; the weights are the mean of
    those of the heads.

    Raises:
        ConfigError: when the width cannot be divided so.

    Example:

    >>> import keras
    >>> attention = MultiHeadAttention(8, heads=2)
    >>> memory, query = keras.ops.ones((2, 5, 4)), keras.ops.ones((2, 3, 6))
    >>> attention.build([(2, 3, 6), (2, 5, 4)])
    >>> context, weights = attention(query, attention.precompute(memory))
    >>> tuple(context.shape), tuple(weights.shape)
    ((2, 3, 4), (2, 3, 5))
    """

    def __init__(
        self,
        units: int,
        heads: int | None = None,
        rotary: bool = False,
        dropout: float = 0.0,
        **kwargs,
    ):
        super().__init__(units, **kwargs)
        if heads is None:
            heads = math.gcd(self.units // 2 if rotary else self.units, 4)
        if heads < 1:
            raise ConfigError(f"heads are one or more, not {heads}.")
        multiple = 2 * heads if rotary else heads
        if self.units % multiple:
            raise ConfigError(
                f"{units} units cannot be divided among {heads} heads: take a multiple of "
                f"{multiple}."
            )
        self.heads = heads
        self.rotary = rotary
        self.dropout = dropout
        self.dropout_layer = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def build(self, input_shapes):
        query_shape, memory_shape = input_shapes
        shapes = {
            "query_kernel": (query_shape[-1], self.units),
            "key_kernel": (memory_shape[-1], self.units),
            "value_kernel": (memory_shape[-1], self.units),
            "output_kernel": (self.units, memory_shape[-1]),
        }
        for name, shape in shapes.items():
            setattr(self, name, self.add_weight(name=name, shape=shape))

    def precompute(self, memory, mask=None):
        """What depends on the memory alone.

        Args:
            memory: `[batch, memory time, features]`.
            mask: bool `[batch, memory time]`, True = real; None: all are.

        Returns:
            Keys and values `[batch, heads, memory time, units / heads]` and the mask `[batch, 1,
            1, memory time]` of 0 and 1, for `call`.
        """
        if mask is None:
            mask = ops.ones(ops.shape(memory)[:2], dtype="bool")
        keys = self._split(memory, self.key_kernel)
        if self.rotary:
            keys = turned(keys, ops.arange(ops.shape(memory)[1], dtype="int32"))
        mask = ops.cast(ops.expand_dims(ops.expand_dims(mask, 1), 1), memory.dtype)
        return keys, self._split(memory, self.value_kernel), mask

    def call(self, query, precomputed, training=False):
        keys, values, mask = precomputed
        queries = self._split(query, self.query_kernel)
        if self.rotary:
            queries = turned(queries, ops.arange(ops.shape(query)[1], dtype="int32"))
        scores = ops.matmul(queries, ops.swapaxes(keys, 2, 3)) / math.sqrt(self.units // self.heads)
        # Finite, and within the range of float16; a row without a real step gives zeros.
        weights = ops.softmax(scores + (mask - 1) * 3e4, axis=-1) * mask
        kept = self.dropout_layer(weights, training=training)
        mixed = ops.swapaxes(ops.matmul(kept, values), 1, 2)
        mixed = ops.reshape(mixed, (*ops.shape(query)[:2], self.units))
        context = ops.matmul(mixed, ops.cast(self.output_kernel, mixed.dtype))
        return context, ops.mean(weights, axis=1)

    def _split(self, steps, kernel):
        """`[batch, time, features]` to `[batch, heads, time, units / heads]`."""
        batch, time = ops.shape(steps)[:2]
        steps = ops.matmul(steps, ops.cast(kernel, steps.dtype))
        steps = ops.reshape(steps, (batch, time, self.heads, self.units // self.heads))
        return ops.swapaxes(steps, 1, 2)

    def compute_output_shape(self, query_shape, precomputed=None):
        keys_shape, memory_size = precomputed[0], self.output_kernel.shape[-1]
        return (*query_shape[:-1], memory_size), (*query_shape[:-1], keys_shape[2])

    def get_config(self):
        return {
            **super().get_config(),
            "heads": self.heads,
            "rotary": self.rotary,
            "dropout": self.dropout,
        }
