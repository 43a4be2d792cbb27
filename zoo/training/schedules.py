"""Learning rates over steps."""

from __future__ import annotations

import math

import keras
from keras import ops

from zoo.training.plateau import WarmupPlateau


@keras.saving.register_keras_serializable(package="zoo")
class WarmupHoldDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A linear rise, a plateau, and a linear fall to a hundredth of the peak.

    A run on the plateau may be prolonged without having been wrong so far; what the fall gains
    comes in its last steps (Zhai et al. 2022, arXiv:2106.04560, section 3.5, with linear
    cool-down).

    Args:
        peak: learning rate of the plateau.
        total_steps: steps of the run; afterwards the rate stays where it ended.
        warmup_steps: steps of the rise.
        decay: share of `total_steps` that the fall takes, in `(0, 1]`.
    """

    def __init__(self, peak: float, total_steps: int, warmup_steps: int = 1000, decay: float = 0.5):
        if not 0 < decay <= 1:
            raise ValueError(f"decay must be in (0, 1], not {decay!r}.")
        self.peak = peak
        self.total_steps = total_steps
        self.warmup_steps = warmup_steps
        self.decay = decay

    def __call__(self, step):
        step = ops.cast(step, "float32")
        rise = (step + 1) / max(self.warmup_steps, 1)
        fall = (self.total_steps - step) / max(self.decay * self.total_steps, 1)
        return self.peak * ops.clip(ops.minimum(rise, fall), 0.01, 1.0)

    def get_config(self):
        return {
            "peak": self.peak,
            "total_steps": self.total_steps,
            "warmup_steps": self.warmup_steps,
            "decay": self.decay,
        }


@keras.saving.register_keras_serializable(package="zoo")
class InverseSquareRoot(keras.optimizers.schedules.LearningRateSchedule):
    """A linear rise to the peak, then `peak sqrt(warmup / step)` (Vaswani et al. 2017, eq. 3).

    Args:
        peak: the highest learning rate, after the rise.
        warmup_steps: steps of the rise, 1 or more.
    """

    def __init__(self, peak: float, warmup_steps: int = 1000):
        self.peak = peak
        self.warmup_steps = max(warmup_steps, 1)

    def __call__(self, step):
        step = ops.cast(step, "float32") + 1
        return self.peak * ops.minimum(step / self.warmup_steps, (self.warmup_steps / step) ** 0.5)

    def get_config(self):
        return {"peak": self.peak, "warmup_steps": self.warmup_steps}


@keras.saving.register_keras_serializable(package="zoo")
class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    """A linear rise, then half a cosine down to a hundredth of the peak.

    Loshchilov and Hutter 2017 (arXiv:1608.03983, eq. 5), without restarts.

    Args:
        peak: the highest learning rate, after the rise.
        total_steps: steps of the run; afterwards the rate stays where it ended.
        warmup_steps: steps of the rise.
    """

    def __init__(self, peak: float, total_steps: int, warmup_steps: int = 1000):
        self.peak = peak
        self.total_steps = total_steps
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = ops.cast(step, "float32")
        rise = (step + 1) / max(self.warmup_steps, 1)
        done = (step - self.warmup_steps) / max(self.total_steps - self.warmup_steps, 1)
        fall = 0.5 * (1 + ops.cos(math.pi * ops.clip(done, 0.0, 1.0)))
        return self.peak * ops.clip(ops.minimum(rise, fall), 0.01, 1.0)

    def get_config(self):
        return {
            "peak": self.peak,
            "total_steps": self.total_steps,
            "warmup_steps": self.warmup_steps,
        }


# Shape -> peak, steps of the run, steps of the rise, part of the fall -> a schedule.
SHAPES = {
    "linear": WarmupHoldDecay,
    "cosine": lambda peak, total, warmup, decay: WarmupCosine(peak, total, warmup),
    "inverse_sqrt": lambda peak, total, warmup, decay: InverseSquareRoot(peak, warmup),
    "constant": lambda peak, total, warmup, decay: WarmupHoldDecay(peak, 10**9, warmup, 1e-6),
    "plateau": lambda peak, total, warmup, decay: WarmupPlateau(peak, warmup),
}


def schedule_of(shape: str, peak: float, total_steps: int, warmup_steps: int, decay: float):
    """The schedule of a shape, a name of `SHAPES`."""
    return SHAPES[shape](peak, total_steps, warmup_steps, decay)
