"""How taggers of the frames of skeletons are trained and compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.data.loading import require_features
from zoo.training.experiment import Experiment, every_nth

PARTS = 5  # windows of a recording in an epoch


class SegmentExperiment(Experiment):
    """Frames that are right; the data set has `skeleton` and `labels`.

    Args:
        data: a data set, such as "utkinect/s01".
        fraction: part of the training split that is trained on, above 0 and at most 1.
    """

    metric, lower_is_better, digits = "frame accuracy", False, 2
    counted = "skeleton"
    learning_rate, smoothing = 4e-3, 0.05
    _rows, _window = 8, 192

    def __init__(self, data: str, fraction: float):
        from zoo.data import read_skeletons

        require_features(data, ("skeleton", "labels"))
        self.data = data
        self._recordings = every_nth(read_skeletons(data, "train"), fraction)
        labels = sorted({label for one in self._recordings for label in one.labels})
        self.settings = {"labels": labels, "dataset": data}
        self.steps = max(PARTS * len(self._recordings) // self._rows, 1)

    def encode(self, model: Any) -> None:
        self._encoded = windows_of(self._recordings, model.labels)

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import skeleton_batches
        from zoo.data.skeletons import Variation

        how: Any = {"rows": min(self._rows, len(self._encoded[0])), "window": self._window}
        vary = Variation(turn=30, speed=0.15, mirrored=0.5, noise=0.01)
        return skeleton_batches(*self._encoded, vary=vary, **how, seed=seed, epoch=epoch)

    def score(self, model: Any) -> float:
        from zoo.tasks.tagging.evaluate_segments import segment_rows

        return segment_rows(model, self.data, "validation")[0]["value"]


def windows_of(recordings: Any, labels: Any, parts: int = PARTS) -> tuple[list, list]:
    """Joints and numbers of labels of recordings, each several times, for `skeleton_batches`.

    Args:
        recordings: of `zoo.data.read_skeletons`.
        labels: names of the labels, in the order of their numbers; others are not trained on.
        parts: how often each is there, as a window of each is taken.
    """
    numbers = {label: number for number, label in enumerate(labels)}
    joints = [one.joints for one in recordings for _ in range(parts)]
    found = [np.array([numbers.get(x, -1) for x in one.labels], "int32") for one in recordings]
    return joints, [one for one in found for _ in range(parts)]
