"""Learning rates over steps."""

from __future__ import annotations

import keras
from keras import ops


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
