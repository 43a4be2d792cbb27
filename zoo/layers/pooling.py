"""One vector for a whole sequence from the outputs at its steps."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once

KINDS = ("last", "max", "mean", "attention")
_NEVER = -1e9  # below any score or output


@keras.saving.register_keras_serializable(package="zoo")
class Pooling(keras.layers.Layer):
    """The last output, the largest or the mean of each unit, or a mean weighted by attention.

    Attention is a learned query that scores each output through a tanh layer (Yang et al. 2016,
    "Hierarchical Attention Networks", eqs. 5 to 7). Padding takes no part; a row that is all
    padding gives zeros.

    Args:
        kind: "last", "max", "mean" or "attention".
        forward_units: for "last", how many of the outputs, the first ones, run forward in time;
            the others run backward and have their last output at the first step. None: all.

    Raises:
        ValueError: for another kind.
    """

    def __init__(self, kind: str = "max", forward_units: int | None = None, **kwargs):
        super().__init__(**kwargs)
        if kind not in KINDS:
            raise ValueError(f"Pooling is one of {', '.join(KINDS)}, not {kind!r}.")
        self.kind = kind
        self.forward_units = forward_units
        self.hidden = self.projection = None
        self.supports_masking = True

    def build(self, input_shape):
        if self.kind == "attention":
            self.hidden = keras.layers.Dense(input_shape[-1], activation="tanh", name="hidden")
            self.projection = keras.layers.Dense(1, use_bias=False, name="projection")
            build_once(self.hidden, input_shape)
            build_once(self.projection, input_shape)

    def call(self, outputs, mask=None):
        """Pools.

        Args:
            outputs: `[batch, time, features]`.
            mask: bool `[batch, time]`, True = real. None: all are.

        Returns:
            `[batch, features]`.
        """
        mask = ops.ones(ops.shape(outputs)[:2], "bool") if mask is None else mask
        mask = ops.convert_to_tensor(mask)
        real = ops.cast(ops.expand_dims(mask, -1), outputs.dtype)
        if self.kind == "mean":
            count = ops.maximum(ops.sum(real, axis=1), 1)
            return ops.sum(outputs * real, axis=1) / count
        if self.kind == "max":
            largest = ops.max(ops.where(real > 0, outputs, _NEVER), axis=1)
            return ops.where(ops.max(real, axis=1) > 0, largest, 0)
        if self.kind == "attention":
            scores = ops.cast(self.projection(self.hidden(outputs)), "float32")
            weights = ops.softmax(ops.where(real > 0, scores, _NEVER), axis=1)
            return ops.sum(outputs * ops.cast(weights, outputs.dtype) * real, axis=1)
        return self._last(outputs * real, mask)

    def _last(self, outputs, mask):
        is_real = ops.cast(mask, "int32")
        seen = ops.cumsum(is_real, axis=1)
        is_last = ops.logical_and(mask, seen == ops.max(seen, axis=1, keepdims=True))
        last = ops.sum(outputs * ops.cast(is_last, outputs.dtype)[..., None], axis=1)
        if self.forward_units is None:
            return last
        is_first = ops.cast(ops.logical_and(mask, seen == 1), outputs.dtype)
        first = ops.sum(outputs * is_first[..., None], axis=1)
        forward = self.forward_units
        return ops.concatenate([last[:, :forward], first[:, forward:]], axis=-1)

    def compute_mask(self, *args, **kwargs):
        """None: there is no time left."""

    def compute_output_shape(self, input_shape, mask_shape=None):
        return (input_shape[0], input_shape[-1])

    def get_config(self):
        return {**super().get_config(), "kind": self.kind, "forward_units": self.forward_units}
