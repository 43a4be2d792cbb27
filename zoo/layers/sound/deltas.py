"""How features change over time, beside the features themselves."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zoo.errors import ConfigError


@keras.saving.register_keras_serializable(package="zoo")
class Deltas(keras.layers.Layer):
    """Features, their slopes over time, and the slopes of these (Furui 1986).

    A slope is that of the line through the frames from `t - reach` to `t + reach` (Young et al.
    2006, The HTK Book, equation 5.16); before the first and after the last real frame these count
    again. So `reach * orders` frames to come are looked at: not for streams.

    Args:
        reach: frames on both sides.
        orders: 1: slopes; 2: slopes of slopes too.

    Inputs float `[batch, frames, features]`, and `mask`, bool `[batch, frames]`, padding at the
    right. Outputs `[batch, frames, (1 + orders) * features]`, 0 where it is masked.

    Raises:
        ConfigError: if a number is not at least 1.

    Example:

    >>> import numpy as np
    >>> frames = np.arange(8, dtype="float32").reshape(1, 8, 1)
    >>> np.asarray(Deltas(reach=2, orders=1)(frames))[0, 3].tolist()
    [3.0, 1.0]
    """

    def __init__(self, reach: int = 2, orders: int = 2, **kwargs):
        super().__init__(**kwargs)
        self.reach, self.orders = int(reach), int(orders)
        if self.reach < 1 or self.orders < 1:
            raise ConfigError(
                f"Deltas have a reach and orders of at least 1, not {reach} and {orders}."
            )
        self.supports_masking = True
        self.built = True

    def call(self, frames, mask=None):
        time = ops.shape(frames)[1]
        steps = ops.expand_dims(ops.arange(time, dtype="int32"), 0)  # [1, frames]
        if mask is None:
            last = ops.full_like(steps[:, :1], time - 1)
        else:
            last = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True) - 1  # [batch, 1]
        found = [frames]
        for _ in range(self.orders):
            found.append(self._slopes(found[-1], steps, ops.maximum(last, 0)))
        joined = ops.concatenate(found, axis=-1)
        return joined if mask is None else ops.where(ops.expand_dims(mask, -1), joined, 0.0)

    def _slopes(self, frames: Any, steps: Any, last: Any) -> Any:
        total = ops.zeros_like(frames)
        for distance in range(1, self.reach + 1):
            after = ops.minimum(steps + distance, last)
            before = ops.maximum(ops.minimum(steps - distance, last), 0)
            total = total + distance * (_taken(frames, after) - _taken(frames, before))
        return total / (2 * sum(distance**2 for distance in range(1, self.reach + 1)))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], (1 + self.orders) * input_shape[-1])

    def get_config(self):
        return {**super().get_config(), "reach": self.reach, "orders": self.orders}


def _taken(frames: Any, places: Any) -> Any:
    """The frames `[batch, frames, features]` at places `[batch or 1, frames]`."""
    places = ops.broadcast_to(places, ops.shape(frames)[:2])
    return ops.take_along_axis(frames, ops.expand_dims(places, -1), axis=1)
