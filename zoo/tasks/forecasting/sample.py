"""A small case of forecasting: a few series of two columns, by patches of two steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.inputs.series import Series
from zoo.layers import GaussianHead
from zoo.tasks.sample import Batch, Sample

COLUMNS, PATCH, STEPS = 2, 2, 5
LENGTHS = np.array([6, 4, 2, 0], "int32")


def _series() -> Batch:
    """Series and what follows each step one patch later; the last row is padding."""
    values = np.random.default_rng(0).normal(size=(4, 8, COLUMNS)).astype("float32")
    real = np.arange(6) < LENGTHS[:, None]
    series = np.where(real[..., None], values[:, :6], 0).astype("float32")
    return {"series": series, "lengths": LENGTHS}, values[:, PATCH:], real.astype("float32")


def _expected_loss(outputs: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The mean over all positions of the weighted mean of normal densities, in float64."""
    mean, log_deviation = np.moveaxis(outputs.astype("float64"), -1, 0)
    deviation = np.exp(log_deviation)
    density = np.exp(-(((labels - mean) / deviation) ** 2) / 2) / (np.sqrt(2 * np.pi) * deviation)
    return float((-np.log(density).mean(-1) * weights).mean())


def _is_forecast(past: Any, answer: Any) -> bool:
    columns = 1 if past.ndim == 1 else past.shape[1]
    bounds = [answer, answer.low, answer.high]
    low, values, high = (np.asarray(bounds[place]) for place in (1, 0, 2))
    return values.shape == (STEPS, columns) and bool((low < values).all() and (values < high).all())


def _wave(time: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.sin(np.arange(time)[:, None] / 3 + rng.uniform(0, 6, COLUMNS)) + 5


SAMPLE = Sample(
    settings={"units": 8, "layers": 1, "dropout": 0.0, "patch": PATCH, "columns": COLUMNS},
    outputs=2,
    batch=_series,
    input=lambda: {"input": Series(("left", "right"), (1.0, -2.0), (2.0, 0.5))},
    is_answer=_is_forecast,
    is_blank_answer=lambda answer: np.asarray(answer).shape[0] == STEPS,
    loss=GaussianHead.loss(),
    expected_loss=_expected_loss,
    verb_settings={"steps": STEPS},
    export={"max_length": STEPS},
    items=(_wave(30, 0), _wave(11, 1)),
    blank_items=(np.zeros((0, COLUMNS)),),
    strange_items=(_wave(1, 2), np.full((40, COLUMNS), 1e6), np.zeros((700, COLUMNS), "int8")),
)
