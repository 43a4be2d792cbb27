"""Attention of each step to itself and the steps before it, which are kept from call to call."""

from __future__ import annotations

import math

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.causal_stack import last_steps
from zoo.layers.rotation import turned

_UNSEEN = -1e9  # the score of a step that is not seen


@keras.saving.register_keras_serializable(package="zoo")
class CausalSelfAttention(keras.layers.Layer):
    """Multi-head attention of each step to itself and at most `context` steps before it.

    Vaswani et al. 2017 (arXiv:1706.03762, section 3.2), with the positions of Su et al. 2021
    (RoFormer, arXiv:2104.09864, section 3.4.2): queries and keys are turned by angles that grow
    with their place, so that a score depends on how far apart they are alone. Keys are kept as they
    are before they are turned, and places counted from the oldest one kept: a text may have any
    length.

    Args:
        units: width of input and output.
        heads: parts of the width that attend by themselves; each an even number wide.
        context: steps before its own that a step may see.
        dropout: fraction of the attention weights dropped.

    Raises:
        ConfigError: when the width cannot be divided so, or `context` is not positive.
    """

    def __init__(self, units: int, heads: int, context: int, dropout: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        if heads < 1:
            raise ConfigError(f"heads are one or more, not {heads}.")
        if units % (2 * heads):
            raise ConfigError(
                f"{units} units cannot be divided among {heads} heads: take a multiple of "
                f"{2 * heads}."
            )
        if context < 1:
            raise ConfigError(f"context is one step or more, not {context}.")
        self.units = units
        self.heads = heads
        self.context = context
        self.dropout = dropout
        self.output_size = units
        dtype = self.dtype_policy
        self.input_layer = keras.layers.Dense(3 * units, use_bias=False, dtype=dtype)
        self.output_layer = keras.layers.Dense(units, use_bias=False, dtype=dtype)
        self.dropout_layer = keras.layers.Dropout(dropout, dtype=dtype)
        self.supports_masking = True

    @property
    def state_shapes(self) -> list[tuple[int, ...]]:
        """The last keys and values, and for each 1 if it is one, 0 before the text."""
        return [(self.context, self.units), (self.context, self.units), (self.context,)]

    def build(self, input_shape):
        build_once(self.input_layer, (*input_shape[:-1], self.units))
        build_once(self.output_layer, (*input_shape[:-1], self.units))

    def call(self, inputs, state, lengths=None, training=False):
        """`[batch, time, units]` to the same; see `CausalStack` for the rest.

        Without a state, None, nothing was before, and nothing is carried: the state stays None.
        """
        queries, *known = ops.split(self.input_layer(inputs), 3, axis=-1)
        known.append(ops.ones_like(inputs[..., 0]))
        past = 0
        if state is not None:
            known = [ops.concatenate(pair, axis=1) for pair in zip(state, known, strict=True)]
            past = self.context
        keys, values, is_known = known
        places = ops.arange(past + ops.shape(inputs)[1], dtype="int32")
        ages = ops.expand_dims(places[past:], 1) - places
        is_seen = ops.logical_and(ages >= 0, ages <= self.context)
        is_seen = ops.logical_and(is_seen, is_known[:, None, None, :] > 0)

        queries = turned(self._split(queries), places[past:])
        scores = ops.matmul(queries, ops.swapaxes(turned(self._split(keys), places), 2, 3))
        scores = ops.cast(scores, "float32") / math.sqrt(self.units // self.heads)
        weights = ops.softmax(ops.where(is_seen, scores, _UNSEEN), axis=-1)
        weights = self.dropout_layer(ops.cast(weights, self.compute_dtype), training=training)
        mixed = ops.swapaxes(ops.matmul(weights, self._split(values)), 1, 2)
        outputs = self.output_layer(ops.reshape(mixed, ops.shape(inputs)))
        if state is None:
            return outputs, None
        return outputs, [last_steps(steps, lengths, self.context) for steps in known]

    def _split(self, steps):
        """`[batch, time, units]` to `[batch, heads, time, units / heads]`."""
        batch, time = ops.shape(steps)[:2]
        steps = ops.reshape(steps, (batch, time, self.heads, self.units // self.heads))
        return ops.swapaxes(steps, 1, 2)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape), [(input_shape[0], *shape) for shape in self.state_shapes]

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "heads": self.heads,
            "context": self.context,
            "dropout": self.dropout,
        }
