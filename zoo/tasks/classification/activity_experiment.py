"""How classifiers of activities are trained and compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.data.loading import require_features
from zoo.tasks.classification.experiment import ClassificationExperiment
from zoo.training.experiment import every_nth


class ActivityExperiment(ClassificationExperiment):
    """Accuracy of recorded skeletons; the data set has `skeleton` and `label`.

    Args:
        data: a data set, such as "msr_action3d".
        fraction: part of the training split that is trained on, above 0 and at most 1.
    """

    counted = "skeleton"
    learning_rate, smoothing = 4e-3, 0.1
    _rows, _longest = 16, 160

    def __init__(self, data: str, fraction: float):
        from zoo.data import read_skeletons

        require_features(data, ("skeleton", "label"))
        self.data = data
        seen = [one for one in read_skeletons(data, "train") if len(one.joints)]
        self._examples = every_nth(seen, fraction)
        labels = sorted({one.labels[0] for one in self._examples})
        self.settings = {"labels": labels, "dataset": data}
        self._rows = min(self._rows, len(self._examples))
        self.steps = len(self._examples) // self._rows

    def encode(self, model: Any) -> None:
        numbers = {label: number for number, label in enumerate(model.labels)}
        self._pairs = (
            [one.joints for one in self._examples],
            [np.int32(numbers[one.labels[0]]) for one in self._examples],
        )

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import skeleton_batches
        from zoo.data.skeletons import Variation

        how: Any = {"rows": self._rows, "window": self._longest, "vary": Variation()}
        return skeleton_batches(*self._pairs, **how, seed=seed, epoch=epoch)
