"""How long a training step with a cell takes, beside one with Keras's LSTM in the same process."""

from __future__ import annotations

import dataclasses
import statistics
import time
from typing import Any

import keras

from zoo.backend.compiled import backend_name, jit_compile
from zoo.layers import Recurrent
from zoo.testing.assertions import random

BATCH, TIME, UNITS = 16, 16, 32
_ROUNDS, _STEPS = 5, 4


@dataclasses.dataclass(frozen=True)
class SpeedReport:
    """Milliseconds of a training step on `BATCH` rows of `TIME` steps, `UNITS` inputs and units.

    Attributes:
        cell: name of the cell.
        milliseconds: with the cell, over time by `zoo.layers.Recurrent`.
        lstm_milliseconds: with `keras.layers.LSTM`, in the same process, in turns.
    """

    cell: str
    milliseconds: float
    lstm_milliseconds: float

    def __str__(self) -> str:
        ratio = self.milliseconds / self.lstm_milliseconds
        return (
            f"{self.cell}: {self.milliseconds:.2f} ms a training step, {ratio:.2f} times the "
            f"{self.lstm_milliseconds:.2f} ms of keras.layers.LSTM (batch {BATCH} x {TIME} steps, "
            f"{UNITS} units, {backend_name()})"
        )


def time_cell(cell: Any, name: str) -> SpeedReport:
    """Times a cell of `UNITS` units, which is not built yet, in a model of its own."""
    inputs, target = random(0, BATCH, TIME, UNITS), random(1, BATCH, UNITS)
    peer = keras.layers.LSTM(UNITS, return_sequences=True)
    models = [_model(Recurrent(cell)), _model(peer)]
    times: list[list[float]] = [[], []]
    for _ in range(_ROUNDS + 1):  # the first round compiles
        for model, found in zip(models, times, strict=True):
            began = time.perf_counter()
            for _ in range(_STEPS):
                model.train_on_batch(inputs, target)
            found.append(1000 * (time.perf_counter() - began) / _STEPS)
    mine, lstm = (statistics.median(found[1:]) for found in times)
    return SpeedReport(name, mine, lstm)


def _model(layer: keras.layers.Layer) -> keras.Model:
    inputs = keras.Input((TIME, UNITS))
    outputs = layer(inputs)
    if isinstance(outputs, (list, tuple)):  # with the last states
        outputs = outputs[0]
    width = outputs.shape[-1]
    outputs = keras.layers.GlobalAveragePooling1D()(outputs)
    if width != UNITS:
        outputs = keras.layers.Dense(UNITS)(outputs)
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse", jit_compile=jit_compile())
    return model
