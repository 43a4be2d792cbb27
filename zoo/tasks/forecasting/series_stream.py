"""Forecasting a series while it comes."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops, tree

from zoo.backend.compiled import compile_step
from zoo.errors import ConfigError
from zoo.tasks.forecasting.results import Forecast
from zoo.tasks.item_stream import ItemStream


class SeriesStream(ItemStream[Forecast]):
    """A series that goes on as steps come in; `Forecaster.stream` gives one.

    It is pushed the values of a step in their own units, `[columns]`, or of several, `[time,
    columns]`. What is known is the next patch, which `forecast` would say of the series so far. Of
    a model with a `context` that many steps are kept and read again at each call, of any other a
    state.

    Args:
        model: a `Forecaster` with a `context`, or one that reads step by step.
        interval: see `Forecaster.forecast`.

    Raises:
        ConfigError: of a model that reads patches of several steps, each series from its begin.
    """

    def __init__(self, model: Any, interval: float = 0.8):
        if model.context is None and model.patch > 1:
            raise ConfigError(
                f"The model {model.name!r} cuts whole series into patches, counted from their "
                "ends: call forecast(past)."
            )
        self._model, self._interval = model, interval
        self._past = np.zeros((0, model.columns))  # with a context, what of it may be read
        self._carry: Any = None  # without: what is said of the next step, and the state
        self._squares, self._count = np.zeros(model.columns), 0  # of errors over deviations
        super().__init__(model.forecast(self._past, model.patch, interval=interval))

    def _read(self, item: Any) -> Forecast:
        values = np.asarray(item)
        columns = self._model.columns
        if values.shape == (columns,):
            values = values[None]
        if values.shape[1:] != (columns,) or values.ndim != 2 or values.dtype.kind not in "iuf":
            raise ConfigError(
                f"A step of this series is {columns} numbers, several are an array [time, "
                f"{columns}]: not {list(values.shape)}."
            )
        if not np.isfinite(values).all():
            raise ConfigError("A step of a stream has no number somewhere: fill it.")
        if self._model.context is None:
            return self._by_steps(self._model.input.scaled(values))
        self._past = np.concatenate([self._past, values])[-self._model.context :]
        return self._model.forecast(self._past, self._model.patch, interval=self._interval)

    def _by_steps(self, values: np.ndarray) -> Forecast:
        """Reads values `[time, columns]`, on the model's scale, one by one."""
        model = self._model
        if model.stream_step is None:

            def step(values, state):
                parameters, state = model.step(values, state)
                mean, deviation = model.head.expected(parameters), model.head.deviation(parameters)
                return mean[0, 0], deviation[0, 0], state

            model.stream_step = compile_step(model, step)
        for value in values:
            if self._carry is None:
                begin = model.get_initial_state(1)
                state: Any = tree.map_structure(ops.convert_to_tensor, begin)
            else:
                mean, deviation, state = self._carry
                self._squares = self._squares + ((value - mean) / deviation) ** 2
                self._count += 1
            mean, deviation, state = model.stream_step(value[None, None], state)
            mean, deviation = map(ops.convert_to_numpy, (mean, deviation))
            self._carry = mean, deviation, state
        if self._carry is None:
            return self._known
        mean, deviation, _ = self._carry
        # As wide as `Forecaster.roll` has it, by errors within the past.
        scale = np.sqrt((1 + self._squares) / (1 + self._count)) if model.head.has_scale else 1.0
        return model.said(mean[None], (scale * deviation)[None], self._interval)
