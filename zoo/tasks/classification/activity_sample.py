"""A small case of activities: a few skeletons of noise."""

from __future__ import annotations

import numpy as np

from zoo.tasks.classification.sample import LABELS, LENGTHS, is_classified
from zoo.tasks.sample import Batch, Sample


def _skeletons() -> Batch:
    """Skeletons and their labels; the last row weighs nothing."""
    lengths = LENGTHS[:, 0].astype("int32")
    joints = np.random.default_rng(0).normal(size=(4, 6, 20, 3)).astype("float32")
    joints[np.arange(6) >= LENGTHS] = 0
    labels = np.array([3, 1, 4, 0], "int32")
    return {"skeleton": joints, "lengths": lengths}, labels, np.array([1, 1, 1, 0], "float32")


def _moving(seed: int, time: int) -> np.ndarray:
    pose, speed = np.random.default_rng(seed).normal(size=(2, 20, 3))
    return (pose + np.sin(np.arange(time) / 5)[:, None, None] * speed).astype("float32")


SAMPLE = Sample(
    settings={"units": 8, "dropout": 0.0, "labels": LABELS},
    outputs=len(LABELS),
    batch=_skeletons,
    input=lambda: {},
    is_answer=lambda item, answer: is_classified(answer),
    is_blank_answer=is_classified,
    items=(_moving(0, 30), _moving(1, 12)),
    blank_items=(np.zeros((0, 20, 3), "float32"), np.zeros((0, 60), "float32")),
    strange_items=(
        np.zeros((7, 20, 3), "float32"),
        900 * _moving(2, 1).clip(-1, 1),
        np.ones((300, 60), "int32"),
    ),
)
