"""Adam as every training has it: clipping, accumulation, decay; and a moving average beside it."""

from __future__ import annotations

import keras
from keras import ops

from zoo.training.plateau import WarmupPlateau


def adam(
    schedule,
    *,
    clip: float | None = 1.0,
    clip_value: float | None = None,
    weight_decay: float = 0.0,
    accumulate: int = 1,
) -> keras.optimizers.Optimizer:
    """Adam (Kingma and Ba 2015, arXiv:1412.6980), which forgets squares after about 100 steps.

    Args:
        schedule: learning rate, a number or a schedule.
        clip: norm of all gradients together above which they are scaled down (Pascanu et al. 2013,
            arXiv:1211.5063). None or 0: no limit.
        clip_value: value beyond which a single gradient is cut. None: no limit.
        weight_decay: decoupled from the gradients (Loshchilov and Hutter 2019, arXiv:1711.05101).
        accumulate: batches of which the mean gradient makes a step.
    """
    settings: dict = {"beta_2": 0.99, "global_clipnorm": clip or None, "clipvalue": clip_value}
    if clip_value:
        settings.pop("global_clipnorm")
    if accumulate > 1:
        settings["gradient_accumulation_steps"] = accumulate
    if weight_decay:
        settings["weight_decay"] = weight_decay
    kind = keras.optimizers.AdamW if weight_decay else keras.optimizers.Adam
    optimizer = kind(schedule, **settings)
    if isinstance(schedule, WarmupPlateau):
        schedule.scaled_by(optimizer)
    return optimizer


class MovingAverage(keras.callbacks.Callback):
    """An exponential moving average of a model's trainable weights (Polyak and Juditsky 1992).

    Args:
        model: the model that is trained.
        decay: part of the average that stays at each step, below 1; less in the first steps, when
            there is little to average.

    Attributes:
        variables: the averages, and how many steps they are of; part of a run's state.
    """

    def __init__(self, model: keras.Model, decay: float):
        super().__init__()
        self.decay = decay
        self.source = model
        self.averages = [
            keras.Variable(ops.convert_to_tensor(weight), trainable=False, dtype="float32")
            for weight in model.trainable_weights
        ]
        self.count = keras.Variable(0.0, trainable=False, dtype="float32")
        self.variables = [*self.averages, self.count]

    def on_train_batch_end(self, batch, logs=None):
        if hasattr(self.model, "jax_state_sync"):  # on JAX, fit holds the weights itself
            self.model.jax_state_sync()
        count = float(ops.convert_to_numpy(self.count))
        kept = min(self.decay, (1 + count) / (10 + count))
        for average, weight in zip(self.averages, self.source.trainable_weights, strict=True):
            average.assign(kept * average + (1 - kept) * ops.cast(weight, "float32"))
        self.count.assign(count + 1)

    def give_to(self, model: keras.Model) -> None:
        """Sets the trainable weights of a model of the same shapes to the averages."""
        for weight, average in zip(model.trainable_weights, self.averages, strict=True):
            weight.assign(average)
