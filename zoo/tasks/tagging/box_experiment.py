"""How trackers of boxes are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.layers import GaussianHead
from zoo.training.experiment import Experiment, every_nth


class BoxExperiment(Experiment):
    """How far the middles of boxes are off, in per cent of their size, on the validation split.

    Args:
        data: a data set of tracks of boxes, such as "tracked_boxes/fold1".
        fraction: part of the training tracks that is trained on, above 0 and at most 1.
    """

    metric, lower_is_better, digits = "centre RMSE", True, 2
    counted = "boxes"
    learning_rate = 3e-3
    _rows, _window = 32, 128

    def __init__(self, data: str, fraction: float):
        from zoo.data import read_tracks
        from zoo.data.boxes import require_boxes

        found = read_tracks(data, "train")
        require_boxes(data, found.columns)
        tracks = [found.values[a:b] for a, b in zip(found.begins, found.ends, strict=True)]
        self.data = data
        self._tracks = every_nth(tracks, fraction)
        self.settings = {"dataset": data}
        self.steps = 60

    def encode(self, model: Any) -> None:
        """Nothing is to be encoded."""

    @property
    def loss(self) -> Any:
        """The likelihood of boxes, half as the squared error."""
        return GaussianHead.loss(beta=0.5)

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import box_batches

        how: Any = {"steps": self.steps, "rows": self._rows, "window": self._window}
        return box_batches(self._tracks, **how, seed=seed, epoch=epoch)

    def score(self, model: Any) -> float:
        from zoo.data.boxes import trials
        from zoo.tasks.tagging.evaluate_boxes import box_scores

        held = trials(self.data, "validation", draws=1)
        return box_scores(model.track([seen for _, _, seen, _ in held]), held)["centre_rmse"]
