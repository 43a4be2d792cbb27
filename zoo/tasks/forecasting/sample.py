"""A small case of forecasting: a few series of two columns, by patches of two steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.inputs.series import Series
from zoo.layers import GaussianHead
from zoo.tasks.sample import Batch, Sample

STEPS = 5


def _series(columns: int, patch: int) -> Batch:
    """Series and what follows each step one patch later; the last row is padding."""
    lengths = np.array([3, 2, 1, 0], "int32") * patch
    values = np.random.default_rng(0).normal(size=(4, 4 * patch, columns)).astype("float32")
    real = np.arange(3 * patch) < lengths[:, None]
    series = np.where(real[..., None], values[:, : 3 * patch], 0).astype("float32")
    return {"series": series, "lengths": lengths}, values[:, patch:], real.astype("float32")


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


def _wave(time: int, columns: int, seed: int) -> np.ndarray:
    phases = np.random.default_rng(seed).uniform(0, 6, columns)
    return np.sin(np.arange(time)[:, None] / 3 + phases) + 5


def sample_of(columns: int, patch: int) -> Sample:
    """A sample of so many columns, read by patches of so many steps."""
    names = [f"column {number}" for number in range(1, columns + 1)]
    return Sample(
        settings={"units": 8, "layers": 1, "dropout": 0.0, "patch": patch, "columns": columns},
        outputs=2,
        batch=lambda: _series(columns, patch),
        input=lambda: {"input": Series(names, range(columns), range(1, columns + 1))},
        is_answer=_is_forecast,
        is_blank_answer=lambda answer: np.asarray(answer).shape == (STEPS, columns),
        loss=GaussianHead.loss(),
        expected_loss=_expected_loss,
        verb_settings={"steps": STEPS},
        export={"max_length": STEPS},
        items=(_wave(30, columns, 0), _wave(11, columns, 1)),
        blank_items=(np.zeros((0, columns)),),
        strange_items=(
            _wave(1, columns, 2),
            np.full((40, columns), 1e6),
            np.zeros((700, columns), "int8"),
        ),
        fitted=lambda model: sample_of(model.columns, model.patch),
    )


SAMPLE = sample_of(columns=2, patch=2)
