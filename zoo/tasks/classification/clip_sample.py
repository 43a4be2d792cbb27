"""A small case of clips: a few of noise."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np

from zoo.inputs.clips import Clips
from zoo.tasks.classification.sample import LABELS, is_classified
from zoo.tasks.sample import Batch, Sample

_HEIGHT, _WIDTH = 8, 12
_LENGTHS = np.array([5, 3, 1, 0], "int32")


def _clips(**shapes: tuple[int, ...]) -> Batch:
    """Clips, of each array of pixels the shape of a frame, and their labels; the last row weighs
    nothing.
    """
    inputs, rng = {"lengths": _LENGTHS}, np.random.default_rng(0)
    for name, shape in shapes.items():
        inputs[name] = rng.integers(0, 256, (4, 5, *shape)).astype("uint8")
        inputs[name][np.arange(5) >= _LENGTHS[:, None]] = 0
    labels, weights = np.array([3, 1, 4, 0], "int32"), np.array([1, 1, 1, 0], "float32")
    return inputs, labels, weights


def _clip(seed: int, time: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (time, height, width, 3)).astype("uint8")


def _is_answer(clip, answer) -> bool:
    return is_classified(answer[:2]) and len(answer.over_time) == len(clip)


def _fitted(model: Any) -> Sample:
    """Arrays of the frames' size that a model reads, and of their flow where it does."""
    arrays = model.input.arrays.items()
    shapes = {name: array.shape[1:] for name, array in arrays if name != "lengths"}
    return dataclasses.replace(SAMPLE, batch=functools.partial(_clips, **shapes))


SAMPLE = Sample(
    settings={
        "units": 4,
        "size": 5,
        "blocks": [(3, 1, 2), (4, 1, 2)],
        "dropout": 0.0,
        "labels": LABELS,
        "input": Clips(_HEIGHT, _WIDTH),
    },
    outputs=len(LABELS),
    batch=functools.partial(_clips, source=(_HEIGHT, _WIDTH, 3)),
    input=lambda: {},
    is_answer=_is_answer,
    is_blank_answer=lambda answer: is_classified(answer[:2]) and not len(answer.over_time),
    items=(_clip(0, 5, 20, 30), _clip(1, 9, _HEIGHT, _WIDTH)),
    blank_items=(np.zeros((0, 4, 4, 3), "uint8"),),
    strange_items=(
        _clip(2, 1, 1, 1),
        _clip(3, 2, 3, 200),
        np.full((70, 40, 40), 255, "uint8"),
    ),
    fitted=_fitted,
)
