"""A learning rate that is halved when the scores of a run stop getting better."""

from __future__ import annotations

from collections.abc import Iterable

import keras
from keras import ops

from zoo.training.training_run import TrainingRun


@keras.saving.register_keras_serializable(package="zoo")
class WarmupPlateau(keras.optimizers.schedules.LearningRateSchedule):
    """A linear rise, then the peak times `scale`, which `HalveRate` sets from epoch to epoch.

    Args:
        peak: the highest learning rate, after the rise.
        warmup_steps: steps of the rise.

    Attributes:
        scale: variable in `(0, 1]`; None, which is 1, until `scaled_by` gives one.
    """

    def __init__(self, peak: float, warmup_steps: int = 1000):
        self.peak = peak
        self.warmup_steps = warmup_steps
        self.scale: keras.Variable | None = None

    def scaled_by(self, optimizer: keras.optimizers.Optimizer) -> None:
        """Makes `scale` a variable of the optimizer, so that it is part of a run's state."""
        self.scale = optimizer.add_variable((), initializer="ones", name="plateau_scale")

    def __call__(self, step):
        rise = (ops.cast(step, "float32") + 1) / max(self.warmup_steps, 1)
        rate = self.peak * ops.minimum(rise, 1.0)
        return rate if self.scale is None else rate * ops.convert_to_tensor(self.scale)

    def get_config(self):
        return {"peak": self.peak, "warmup_steps": self.warmup_steps}


class HalveRate(keras.callbacks.Callback):
    """Halves the rate whenever so many epochs have brought no better score.

    The scale follows from the scores of the run alone, which its state holds: a run that goes on
    has the rate that it would have had.

    Args:
        run: the run, whose scores are read.
        schedule: what is scaled.
        epochs: epochs without a better score after which the rate is halved, 1 or more.
    """

    def __init__(self, run: TrainingRun, schedule: WarmupPlateau, epochs: int):
        super().__init__()
        self.run = run
        self.schedule = schedule
        self.epochs = epochs

    def on_train_begin(self, logs=None):
        scores = [score for _, score in sorted(self.run.scores.items())]
        if self.schedule.scale is not None:
            self.schedule.scale.assign(0.5 ** halvings(scores, self.epochs))


def halvings(scores: Iterable[float], epochs: int) -> int:
    """Counts how often `epochs` epochs in a row brought no better score.

    That is `keras.callbacks.ReduceLROnPlateau` with `min_delta=0`, as a function of the scores.

    Args:
        scores: of the epochs so far, higher being better.
        epochs: epochs without a better one that are counted once.
    """
    best, waited, count = float("-inf"), 0, 0
    for score in scores:
        best, waited = (score, 0) if score > best else (best, waited + 1)
        if waited == epochs:
            count, waited = count + 1, 0
    return count
