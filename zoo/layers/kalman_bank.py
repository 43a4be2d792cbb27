"""Kalman filters side by side, and their smoothers: estimates for a network to choose among."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from zoo.backend.time_loop import scan
from zoo.errors import ConfigError


class Estimates(NamedTuple):
    """What filters know at every step, float32.

    Attributes:
        level: `[batch, time, values, filters]`, after the step is seen.
        velocity: the same, a step.
        surprise: the same, what was seen less what was expected; 0 where nothing was.
        variance: `[batch, time, 3, filters]`: of the level, of both together, of the velocity, in
            variances of the noise of what is seen.
        age: `[batch, time, 1]`, steps since something was seen.
        count: `[batch, time, 1]`, steps at which something was, so far.
    """

    level: Any
    velocity: Any
    surprise: Any
    variance: Any
    age: Any
    count: Any


@keras.saving.register_keras_serializable(package="zoo")
class KalmanBank(keras.layers.Layer):
    """Filters of nearly constant velocity (Kalman 1960), each of another restlessness.

    Velocity changes by normal noise each step, as white acceleration (Bar-Shalom et al. 2001,
    section 6.3.2). What it weighs is the variance of that noise over the variance of what is seen,
    so filters do not depend on the unit of values, nor on where its zero is. Filters side by side
    are those of multiple-model estimation (Magill 1965); here something else weighs them. There is
    nothing to train.

    The first value that is seen is the first level, with a velocity of 0 whose variance is
    `first_variance`. Before it, levels are 0.

    Args:
        ratios: of each filter, variance of the change of velocity over that of the noise of what is
            seen.
        keeps: of each filter, the part of the velocity that is left a step later, such as 1.
        first_variance: of the first velocity, in variances of the noise of what is seen.

    Raises:
        ConfigError: without ratios, if there are not as many `keeps`, or one is out of range.

    Example: the third of four is not seen.

    >>> import numpy as np
    >>> values = np.array([[[0.0], [1], [0], [3]]], "float32")
    >>> found, _ = KalmanBank([0.1])(values, np.array([[1, 1, 0, 1]], "float32"))
    >>> [round(float(level), 2) for level in found.level[0, :, 0, 0]]
    [0.0, 0.67, 1.02, 2.74]
    """

    def __init__(
        self,
        ratios: Sequence[float],
        keeps: Sequence[float] | None = None,
        first_variance: float = 1.0,
        **kwargs,
    ):
        super().__init__(autocast=False, **kwargs)
        self.ratios = [float(ratio) for ratio in ratios]
        self.keeps = [1.0] * len(self.ratios) if keeps is None else [float(x) for x in keeps]
        self.first_variance = float(first_variance)
        is_right = len(self.keeps) == len(self.ratios) > 0 < self.first_variance
        if not (is_right and min(self.ratios) > 0 and all(0 <= x <= 1 for x in self.keeps)):
            raise ConfigError(
                "A KalmanBank has ratios above 0, as many keeps from 0 to 1 and a first variance "
                f"above 0, not {self.ratios}, {self.keeps} and {self.first_variance}."
            )
        self.built = True

    @property
    def filters(self) -> int:
        """How many there are."""
        return len(self.ratios)

    def get_initial_state(self, batch_size, values: int) -> tuple:
        """The state before the first step, of so many values."""
        moving = ops.zeros((batch_size, values, self.filters), "float32")
        one = ops.zeros((batch_size, 1), "float32")
        return moving, moving, ops.zeros((batch_size, 3, self.filters), "float32"), one, one

    def call(self, values, seen, state=None):
        """Filters.

        Args:
            values: float `[batch, time, values]`.
            seen: float `[batch, time]`, 1 where they were, 0 where they are missing.
            state: that after the step before. None: there was none.

        Returns:
            `Estimates`, and the state after the last step.
        """
        values = ops.cast(values, "float32")
        if state is None:
            state = self.get_initial_state(ops.shape(values)[0], values.shape[-1])
        steps = ops.transpose(values, (1, 0, 2)), ops.transpose(ops.cast(seen, "float32"))
        state, found = scan(self._step, tuple(state), steps)
        level, velocity, surprise, variance, age, count = found

        def in_rows(x):
            return ops.transpose(x, (1, 0, *range(2, len(x.shape))))

        return Estimates(*map(in_rows, (level, velocity, surprise, variance, age, count))), state

    def smooth(self, found: Estimates):
        """Levels that know what came later (Rauch, Tung and Striebel 1965).

        Before the first step that is seen they go on backwards with the velocity that it has.

        Args:
            found: what `call` gave for a whole sequence; steps at the end that are not seen change
                nothing before them.

        Returns:
            float32 `[batch, time, values, filters]`.
        """
        parts = (found.level, found.velocity, found.variance, found.count)
        steps = tuple(ops.transpose(x, (1, 0, *range(2, len(x.shape)))) for x in parts)
        carry = self._predicted(steps[0][-1], steps[1][-1], steps[2][-1])[:2]
        _, levels = scan(self._step_back, carry, steps, reverse=True)
        return ops.transpose(levels, (1, 0, 2, 3))

    def _predicted(self, level, velocity, variance):
        """Level, velocity and variances one step later."""
        ratio, keep = (ops.convert_to_tensor(x, "float32") for x in (self.ratios, self.keeps))
        a, b, c = (variance[:, place] for place in range(3))
        variance = [a + 2 * b + c + ratio / 4, keep * (b + c) + ratio / 2, keep * keep * c + ratio]
        return level + velocity, keep * velocity, variance

    def _step(self, state, inputs):
        level, velocity, variance, age, count = state
        value, seen = inputs[0][:, :, None], inputs[1][:, None]
        expected, velocity, (a, b, c) = self._predicted(level, velocity, variance)
        is_seen, is_begun = seen > 0, count > 0
        surprise = ops.where(ops.logical_and(is_seen, is_begun)[:, :, None], value - expected, 0.0)
        # Without what is seen nothing is gained.
        gain, gain_of_velocity = seen * a / (a + 1), seen * b / (a + 1)
        level = expected + gain[:, None] * surprise
        velocity = velocity + gain_of_velocity[:, None] * surprise
        later = [(1 - gain) * a, (1 - gain) * b, c - gain_of_velocity * b]
        first = [ops.ones_like(a), ops.zeros_like(b), self.first_variance * ops.ones_like(c)]
        variance = ops.where(
            is_begun[:, :, None], ops.stack(later, axis=1), seen[:, :, None] * ops.stack(first, 1)
        )
        level = ops.where(is_begun[:, :, None], level, seen[:, :, None] * value + 0 * level)
        velocity = ops.where(is_begun[:, :, None], velocity, 0.0)
        age = ops.where(is_seen, 0.0, age + ops.cast(is_begun, "float32"))
        count = count + seen
        state = (level, velocity, variance, age, count)
        return state, (level, velocity, surprise, variance, age, count)

    def _step_back(self, carry, inputs):
        level_after, velocity_after = carry
        level, velocity, variance, count = inputs
        expected, expected_velocity, (a, b, c) = self._predicted(level, velocity, variance)
        keep = ops.convert_to_tensor(self.keeps, "float32")
        p, q, r = (variance[:, place] for place in range(3))
        # variance @ transition^T @ inverse(variance one step later)
        down = ops.maximum(a * c - b * b, 1e-12)
        upper = (p + q) * c - keep * q * b, keep * q * a - (p + q) * b
        lower = (q + r) * c - keep * r * b, keep * r * a - (q + r) * b
        off, off_velocity = level_after - expected, velocity_after - expected_velocity

        def moved(by):
            return (by[0] / down)[:, None] * off + (by[1] / down)[:, None] * off_velocity

        is_begun = (count > 0)[:, :, None]
        level = ops.where(is_begun, level + moved(upper), level_after - velocity_after)
        velocity = ops.where(is_begun, velocity + moved(lower), velocity_after)
        return (level, velocity), level

    def compute_output_shape(self, values_shape, seen_shape=None, state_shape=None):
        batch, time, values = values_shape
        whole, one = (batch, time, values, self.filters), (batch, time, 1)
        found = Estimates(whole, whole, whole, (batch, time, 3, self.filters), one, one)
        state = ((batch, values, self.filters),) * 2
        return found, (*state, (batch, 3, self.filters), (batch, 1), (batch, 1))

    def get_config(self):
        return {
            **super().get_config(),
            "ratios": self.ratios,
            "keeps": self.keeps,
            "first_variance": self.first_variance,
        }
