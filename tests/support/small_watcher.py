"""A small detector of what is unusual in clips, with random weights."""

from __future__ import annotations

import numpy as np

import zoo
from zoo.inputs import Clips

HEIGHT, WIDTH = 8, 12


def small_watcher(seed: int = 0, **config):
    """A model that expects changes."""
    settings = {"units": 3, "size": 5, "blocks": [(3, 3, 2)], "ahead": 2, "window": 4}
    model = zoo.build("watch", **{**settings, "input": Clips(HEIGHT, WIDTH, 1), **config})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * 0.3)
    return model


def clip_of(time: int, seed: int = 1, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """Noise, grey."""
    shape = (time, height, width, 1)
    return np.random.default_rng(seed).integers(0, 256, shape).astype("uint8")
