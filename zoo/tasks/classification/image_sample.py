"""A small case of images: a few of noise."""

from __future__ import annotations

import numpy as np

from zoo.tasks.classification.sample import LABELS, is_classified
from zoo.tasks.sample import Batch, Sample

_SIDE = 8


def _images() -> Batch:
    """Images and their labels; the last row weighs nothing."""
    images = np.random.default_rng(0).integers(0, 120, (4, _SIDE, _SIDE, 3)).astype("uint8")
    labels = np.array([3, 1, 4, 0], "int32")
    return {"source": images}, labels, np.array([1, 1, 1, 0], "float32")


def _picture(seed: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width)).astype("uint8")


SAMPLE = Sample(
    settings={
        "units": 3,
        "dropout": 0.0,
        "labels": LABELS,
        "side": _SIDE,
    },
    outputs=len(LABELS),
    batch=_images,
    input=lambda: {},
    is_answer=lambda image, answer: is_classified(answer),
    is_blank_answer=is_classified,
    items=(_picture(0, 20, 30), _picture(1, 8, 8)),
    blank_items=(np.zeros((5, 5), "uint8"),),
    strange_items=(_picture(2, 1, 1), _picture(3, 3, 500), np.full((40, 40, 4), 255, "uint8")),
)
