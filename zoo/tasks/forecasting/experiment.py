"""How forecasters are trained and compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zoo.data.series import read_series, window_batches, window_starts
from zoo.data.tracks import read_tracks, times_of, turned
from zoo.inputs.series import Series, scaling_of
from zoo.training.experiment import Experiment, every_nth


class WindowExperiment(Experiment):
    """Windows of series, of which a model reads the past, and in training what it says itself.

    A future that is said at once is what labels say, so nothing of the model's own is read.
    """

    lower_is_better, counted = True, "series"
    _patch, _past, _future, _rows, _past_weight, _beta = 1, 1, 1, 32, 0.1, 0.0
    _change: Callable | None = None
    _values: np.ndarray

    def _begin(self, data: str, scale: Series, values: np.ndarray, starts: np.ndarray) -> None:
        """Sets what is trained on: a data set, its scale, values and first steps of windows."""
        self.data = data
        self._values = scale.scaled(values)
        self._starts = starts
        self.steps = len(starts) // self._rows

    @property
    def loss(self) -> Any:
        """The likelihood, each value's term weighted by a power of its deviation."""
        from zoo.layers import GaussianHead

        return GaussianHead.loss(beta=self._beta)

    def encode(self, model: Any) -> None:
        """Nothing is left to do: series are numbers already."""

    def trained(self, model: Any) -> Any:
        from zoo.tasks.forecasting.free_running import FreeRunning

        return model if self._future == self._patch else FreeRunning(model, self._future)

    def batches(self, seed: int, epoch: int) -> Any:
        return window_batches(
            self._values,
            self._starts,
            past=self._past,
            future=self._future,
            ahead=self._patch,
            rows=self._rows,
            past_weight=self._past_weight,
            change=self._change,
            seed=seed,
            epoch=epoch,
        )


class SeriesExperiment(WindowExperiment):
    """Mean squared error of the next four patches; the data set has `series` and `columns`.

    Values are less the mean over the deviation of the training split. Models read days of hours,
    fourteen of them, and are trained on what they say when they read their own output.

    Args:
        data: a data set, such as "ett/h1".
        fraction: part of the training windows that is trained on, above 0 and at most 1.
    """

    metric, digits, bodies = "MSE", 4, ("tcn", "transformer")
    learning_rate = 1e-3
    _patch, _past, _future, _beta = 24, 336, 96, 1.0

    def __init__(self, data: str, fraction: float):
        series = read_series(data)
        scale = scaling_of(series.part("train"), series.columns)
        starts = window_starts(0, series.ends["train"], self._past, self._future)
        self._begin(data, scale, series.values, every_nth(starts, fraction))
        self.settings = {
            "input": scale,
            "patch": self._patch,
            "context": self._past,
            "dataset": data,
        }

    def score(self, model: Any) -> float:
        from zoo.tasks.forecasting.evaluate import errors

        found = errors(model, self.data, "validation", self._future)
        assert found is not None
        return found[1][0][1]


class TrackExperiment(WindowExperiment):
    """Where things go on tracks; the data set has tracks and says its past and horizons.

    The scale is that of the steps of the training split, the same for all coordinates. Models are
    trained on what they say when they read their own output, and of tracks in a plane on windows
    that are turned. The score is the ADE, the mean over the data set's horizons.

    Args:
        data: a data set, such as "eth_ucy/zara1".
        fraction: part of the training windows that is trained on, above 0 and at most 1.
    """

    metric, digits = "ADE", 3
    learning_rate = 3e-3
    _patch, _rows, _most_future, _beta = 2, 64, 20, 0.5

    def __init__(self, data: str, fraction: float):
        tracks = read_tracks(data, "train")
        self._past, self._horizons = times_of(data)
        self._future = min(max(self._horizons), self._most_future)
        size = len(tracks.columns)
        scale = Series(tracks.columns, deviation=[tracks.pace] * size)
        starts = tracks.starts(self._past, self._future)
        self._begin(data, scale, tracks.values, every_nth(starts, fraction))
        self._change = turned if size == 2 else None
        self.settings = {
            "input": scale,
            "patch": self._patch,
            "context": self._past,
            "dataset": data,
        }

    def score(self, model: Any) -> float:
        return float(np.mean([*mean_distances(model, self.data, self._horizons).values()]))


def mean_distances(model: Any, data: str, horizons: Any) -> dict[int, float]:
    """The ADE of each number of steps on the validation split of a data set of tracks."""
    from zoo.tasks.forecasting.evaluate_tracks import track_errors

    return {steps: track_errors(model, data, "validation", steps)[0][1] for steps in horizons}


class UsualExperiment(WindowExperiment):
    """The likelihood of the next step of series without faults; see `SeriesExperiment`.

    Args:
        data: a data set, such as "ett/h2".
        fraction: part of the training windows that is trained on, above 0 and at most 1.
    """

    metric, digits = "nats", 3
    learning_rate = 3e-3
    _past, _every, _past_weight = 192, 8, 1.0

    def __init__(self, data: str, fraction: float):
        series = read_series(data)
        scale = scaling_of(series.part("train"), series.columns)
        starts = window_starts(0, series.ends["train"], self._past, 1)[:: self._every]
        self._begin(data, scale, series.values, every_nth(starts, fraction))
        self.settings = {"input": scale, "dataset": data}

    def score(self, model: Any) -> float:
        from zoo.tasks.forecasting.evaluate_unusual import likelihood

        return likelihood(model, self.data, "validation")
