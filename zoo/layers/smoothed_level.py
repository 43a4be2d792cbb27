"""The level of a series, smoothed over time, which a network reads numbers less of."""

from __future__ import annotations

import math

import keras
from keras import ops

from zoo.backend.time_loop import scan


@keras.saving.register_keras_serializable(package="zoo")
class SmoothedLevel(keras.layers.Layer):
    """Simple exponential smoothing with a trained rate, as before the network of Smyl 2020.

    `l_t = l_{t-1} + a (x_t - l_{t-1})`, and `l_1 = x_1`, with `a` in (0, 1) (the hybrid method of
    the M4 competition, Smyl 2020, section 2.2, without its seasons). Causal, so that a series may
    be read in parts, unlike the mean of a whole window (Kim et al. 2022, "reversible instance
    normalisation").

    Args:
        rate: `a` before training.

    Example:

    >>> level = SmoothedLevel(0.5)
    >>> levels, _ = level(keras.ops.array([[[2.0], [4.0], [4.0]]]))
    >>> [round(float(x), 3) for x in levels[0, :, 0]]
    [2.0, 3.0, 3.5]
    """

    def __init__(self, rate: float = 0.2, **kwargs):
        super().__init__(**kwargs)
        if not 0 < rate < 1:
            raise ValueError(f"rate is between 0 and 1, not {rate}.")
        self.rate = rate
        self.supports_masking = True

    def build(self, input_shape):
        start = keras.initializers.Constant(math.log(self.rate / (1 - self.rate)))
        self.rate_logit = self.add_weight(name="rate_logit", shape=(), initializer=start)

    def get_initial_state(self, batch_size, features: int):
        """The level before the first step, `[batch, features]`, and that there is none yet."""
        dtype = self.compute_dtype
        return [ops.zeros((batch_size, features), dtype), ops.zeros((batch_size, 1), dtype)]

    def call(self, inputs, mask=None, initial_state=None):
        """Runs over steps.

        Args:
            inputs: `[batch, time, features]`.
            mask: bool `[batch, time]`, True = real; where it is False, the level stays.
            initial_state: as it is returned. None: that before a series.

        Returns:
            The level after each step, `[batch, time, features]`, and the state after the last.
        """
        batch, time, features = ops.shape(inputs)
        state = initial_state or self.get_initial_state(batch, features)
        if mask is None:
            mask = ops.ones((batch, time), "bool")
        is_real = ops.expand_dims(ops.cast(mask, inputs.dtype), -1)

        def advance(state, now):
            level, state = self._advance(*now, state)
            return state, level

        steps = tuple(ops.transpose(x, (1, 0, 2)) for x in (inputs, is_real))
        state, levels = scan(advance, list(state), steps)
        return ops.transpose(levels, (1, 0, 2)), state

    def step(self, inputs, state):
        """One step: `[batch, features]` and state to the level after it, and the state."""
        return self._advance(inputs, ops.ones_like(inputs[:, :1]), state)

    def _advance(self, inputs, is_real, state):
        level, has_begun = state
        rate = ops.cast(ops.sigmoid(self.rate_logit), inputs.dtype)
        rate = has_begun * rate + (1 - has_begun)
        level = level + is_real * rate * (inputs - level)
        return level, [level, ops.maximum(has_begun, is_real)]

    def compute_output_shape(self, input_shape):
        batch, _, features = input_shape
        return tuple(input_shape), [(batch, features), (batch, 1)]

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}
