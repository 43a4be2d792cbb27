"""How detectors of what is unusual in clips are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.tasks.forecasting.watched_bptt import WatchedBPTT
from zoo.training.experiment import Experiment, every_nth


class WatchExperiment(Experiment):
    """How far frames are from what is expected of them, in levels of grey; no label is read.

    Args:
        data: a data set of watched clips, such as "ucsd_ped2".
        fraction: part of the training split that is trained on, above 0 and at most 1.
    """

    metric, digits, lower_is_better = "grey levels off", 3, True
    counted = "source"
    learning_rate = 1e-3
    _rows, _time = 4, 12

    def __init__(self, data: str, fraction: float):
        from zoo.data import read_watched
        from zoo.inputs.clips import Clips

        self.data = data
        self._input = Clips(80, 120, 1)
        self._clips = every_nth(read_watched(data, "train"), fraction)
        self.settings = {"input": self._input, "dataset": data}

    @property
    def loss(self) -> Any:
        """The squared error of pixels."""
        return "mean_squared_error"

    def trained(self, model: Any) -> Any:
        return WatchedBPTT(model, self._rows)

    def encode(self, model: Any) -> None:
        from zoo.data import watch_steps

        prepared = model.input.prepare([one.clip for one in self._clips])
        self._frames = [one["source"] for one in prepared]
        how = {"rows": self._rows, "time": self._time, "ahead": model.ahead}
        self._how = how
        self.steps = watch_steps(self._frames, **how)

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import watch_batches

        return watch_batches(self._frames, seed=seed, epoch=epoch, **self._how)

    def score(self, model: Any) -> float:
        from zoo.tasks.forecasting.evaluate_watch import levels_off

        return levels_off(model, self.data, "validation")
