"""How classifiers of images are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.data.loading import require_features
from zoo.tasks.classification.experiment import ClassificationExperiment
from zoo.training.experiment import every_nth


class ImageExperiment(ClassificationExperiment):
    """Accuracy of images; the data set has `image` and `label`.

    Models read rows of patches, so that any cell may be compared; a TCN and an MDLSTM too.

    Args:
        data: a data set, such as "mnist".
        fraction: part of the training split that is trained on, above 0 and at most 1.
    """

    bodies, counted = ("tcn", "mdlstm"), "source"
    learning_rate, smoothing = 2e-3, 0.0
    _rows, _shift = 64, 2

    def __init__(self, data: str, fraction: float):
        from zoo.data import read_labelled

        require_features(data, ("image", "label"))
        self.data = data
        self._examples = every_nth(read_labelled(data, "train"), fraction)
        labels = sorted({example.label for example in self._examples})
        self.settings = {"labels": labels, "dataset": data, "patch": 4}
        self.steps = len(self._examples) // self._rows

    def encode(self, model: Any) -> None:
        from zoo.data import encode_images

        self._encoded = encode_images(self._examples, model.labels)

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import image_batches

        how: Any = {"rows": self._rows, "shift": self._shift}
        return image_batches(self._encoded, **how, seed=seed, epoch=epoch)
