"""A small case of tracking boxes: noisy ones, some missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.inputs.boxes import centred
from zoo.layers import GaussianHead
from zoo.tasks.sample import Batch, Sample

_FRAMES = np.array([6, 4, 1, 3])


def _noisy() -> Batch:
    """Tracks of a few frames each, as `zoo.data.box_batches` gives them."""
    rng = np.random.default_rng(0)
    is_real = np.arange(_FRAMES.max()) < _FRAMES[:, None]
    boxes = rng.normal(size=(*is_real.shape, 4)) * 0.1 + (0, 0, 1, 1)
    boxes[0, 2] = boxes[1, 1] = np.nan
    read = np.where(is_real[..., None], centred(boxes), 0).astype("float32")
    targets = np.where(is_real[..., None], rng.normal(size=(*is_real.shape, 4)) * 0.1, 0)
    inputs = {"boxes": read, "lengths": _FRAMES.astype("int32")}
    return inputs, targets.astype("float32"), is_real.astype("float32")


def expected_loss(outputs: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The mean over all positions of the weighted mean of normal densities, in float64."""
    mean, log_deviation = np.moveaxis(outputs.astype("float64"), -1, 0)
    z = (labels - mean) / np.exp(log_deviation)
    density = -(z**2) / 2 - log_deviation - np.log(2 * np.pi) / 2
    return float(-(density.mean(-1) * weights).mean())


def _is_tracked(item: Any, answer: Any) -> bool:
    """Whether it is a box of some size, and deviations, for every frame."""
    boxes, deviations = np.array(answer), np.array(answer.deviations)
    shape = (len(item), 4)
    is_box = np.isnan(boxes) | (boxes[:, 2:].repeat(2, axis=1) > 0)
    return boxes.shape == deviations.shape == shape and bool(is_box.all())


def _moving(seed: int, time: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    steps = np.arange(time)[:, None]
    boxes = np.hstack([50 + 4 * steps, 90 - 2 * steps, 40 + 0 * steps, 80 + 0 * steps])
    seen = boxes + rng.normal(size=boxes.shape)
    seen[time // 2 : time // 2 + 3] = np.nan
    return seen


SAMPLE = Sample(
    settings={"units": 8, "dropout": 0.0, "filters": ((1e-3, 1.0), (1e-1, 0.9))},
    outputs=2,
    batch=_noisy,
    input=lambda: {},
    is_answer=_is_tracked,
    is_blank_answer=lambda answer: answer == [],
    loss=GaussianHead.loss(),
    expected_loss=expected_loss,
    items=(_moving(0, 30), _moving(1, 12)),
    blank_items=(np.zeros((0, 4)),),
    strange_items=(
        np.full((7, 4), np.nan),
        np.ones((300, 4), "int32"),
        np.array([[1e5, -1e5, 1e-3, 1e5], [0, 0, 1e5, 1e-3]]),
    ),
)
