"""How forecasters are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.data.series import read_series, window_batches, window_starts
from zoo.inputs.series import scaling_of
from zoo.training.experiment import Experiment, every_nth


class SeriesExperiment(Experiment):
    """Mean squared error of the next four patches; the data set has `series` and `columns`.

    Values are less the mean over the deviation of the training split. Models read days of hours,
    fourteen of them, and are trained on what they say when they read their own output.

    Args:
        data: a data set, such as "ett/h1".
        fraction: part of the training windows that is trained on, above 0 and at most 1.
    """

    metric, lower_is_better, digits = "MSE", True, 4
    bodies, counted = ("tcn", "transformer"), "series"
    learning_rate = 1e-3
    _patch, _past, _future, _rows = 24, 336, 96, 32

    def __init__(self, data: str, fraction: float):
        series = read_series(data)
        self.data = data
        scale = scaling_of(series.part("train"), series.columns)
        self._values = scale.scaled(series.values)
        starts = window_starts(0, series.ends["train"], self._past, self._future)
        self._starts = every_nth(starts, fraction)
        self.settings = {
            "input": scale,
            "patch": self._patch,
            "context": self._past,
            "dataset": data,
        }
        self.steps = len(self._starts) // self._rows

    @property
    def loss(self) -> Any:
        """The likelihood, by which means learn as from the squared error."""
        from zoo.layers import GaussianHead

        return GaussianHead.loss(beta=1.0)

    def encode(self, model: Any) -> None:
        """Nothing is left to do: series are numbers already."""

    def trained(self, model: Any) -> Any:
        from zoo.tasks.forecasting.free_running import FreeRunning

        return FreeRunning(model, self._future)

    def batches(self, seed: int, epoch: int) -> Any:
        return window_batches(
            self._values,
            self._starts,
            past=self._past,
            future=self._future,
            ahead=self._patch,
            rows=self._rows,
            past_weight=0.1,
            seed=seed,
            epoch=epoch,
        )

    def score(self, model: Any) -> float:
        from zoo.tasks.forecasting.evaluate import errors

        found = errors(model, self.data, "validation", self._future)
        assert found is not None
        return found[1][0][1]
