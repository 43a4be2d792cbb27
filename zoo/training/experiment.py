"""What a task is trained on and scored by, said once: `zoo compare` and recipes use it."""

from __future__ import annotations

import abc
from typing import Any


class Experiment(abc.ABC):
    """The data, batches and score of a task.

    An experiment reads data, gives batches, and scores a model on the validation split; the test
    split is for `zoo evaluate` alone.

    Attributes:
        metric: what `score` gives, such as "accuracy".
        lower_is_better: whether a lower one is a better one.
        digits: after the point, with which it is shown.
        bodies: names that may be compared as if they were cells.
        counted: name of the input whose ids, except those of padding, are the tokens that are
            counted.
        learning_rate: at its highest.
        smoothing: of the labels.
        settings: of the task's builder, beside cell and units.
        steps: batches of an epoch; known once `encode` was called.

    Args:
        data: a data set, such as "ud/ewt".
        fraction: part of the training split that is trained on, above 0 and at most 1.
    """

    metric: str
    lower_is_better: bool = False
    digits: int = 2
    bodies: tuple[str, ...] = ()
    counted: str
    learning_rate: float = 1e-3
    smoothing: float = 0.0
    settings: dict[str, Any]
    steps: int

    @abc.abstractmethod
    def __init__(self, data: str, fraction: float): ...

    @abc.abstractmethod
    def encode(self, model: Any) -> None:
        """Turns the training split into arrays, for the labels of a model."""

    @property
    def loss(self) -> Any:
        """What is minimised: cross-entropy, with labels smoothed by `smoothing`."""
        from zoo.training.losses import SmoothedCrossEntropy

        return SmoothedCrossEntropy(self.smoothing)

    def trained(self, model: Any) -> Any:
        """What is compiled and fitted: the model, or one around it."""
        return model

    @abc.abstractmethod
    def batches(self, seed: int, epoch: int) -> Any:
        """The batches of an epoch, `(inputs, labels, weights)`, as a `tf.data.Dataset`."""

    @abc.abstractmethod
    def score(self, model: Any) -> float:
        """The model's score on the validation split."""


def every_nth(examples: Any, fraction: float) -> Any:
    """An evenly spaced part of a list, or of a `tf.data.Dataset`."""
    step = round(1 / fraction)
    if hasattr(examples, "shard"):
        return examples if step == 1 else examples.shard(step, 0)
    return examples[::step]
