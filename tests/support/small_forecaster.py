"""Small forecasters whose outputs vary, without any training."""

from __future__ import annotations

import numpy as np

import zoo
from zoo.inputs import Series

SCALE = Series(("load", "heat"), (10.0, -3.0), (4.0, 0.5))


def small_forecaster(seed: int = 0, **config):
    """A `forecast` of two columns by patches of three, with random weights."""
    small = {"units": 8, "patch": 3, "dropout": 0.0, "input": SCALE}
    model = zoo.build("forecast", **{**small, **config})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        if "rate_logit" not in weight.path:
            weight.assign(rng.normal(size=weight.shape) * 0.4)
    return model


def walks(rows: int, time: int, seed: int = 1, columns: int = 2) -> np.ndarray:
    """Random walks, float32 `[rows, time, columns]`."""
    steps = np.random.default_rng(seed).normal(size=(rows, time, columns))
    return (0.3 * steps.cumsum(1)).astype("float32")
