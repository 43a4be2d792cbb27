"""A small case of labelling the frames of skeletons: a few of noise, and three labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.tasks.sample import Batch, Sample

LABELS = ("nothing", "walk", "sit down")
_FRAMES = np.array([6, 4, 1, 3])


def _labelled_frames() -> Batch:
    """Skeletons of a few frames each, as `zoo.data.skeleton_batches` gives them."""
    rng = np.random.default_rng(0)
    is_real = np.arange(_FRAMES.max()) < _FRAMES[:, None]
    joints = np.where(is_real[:, :, None, None], rng.normal(size=(*is_real.shape, 20, 3)), 0)
    labels = np.where(is_real, rng.integers(0, len(LABELS), is_real.shape), 0).astype("int32")
    inputs = {"skeleton": joints.astype("float32"), "lengths": _FRAMES.astype("int32")}
    return inputs, labels, is_real.astype("float32")


def _is_tagged(item: Any, answer: Any) -> bool:
    """Whether it is a list of spans from the first frame to the last, none like its neighbour."""
    return (
        isinstance(answer, list)
        and answer[0].begin == 0
        and answer[-1].end == len(item)
        and all(span.label and 0 <= span.probability <= 1 for span in answer)
        and all(
            one.end == other.begin and one.label != other.label
            for one, other in zip(answer, answer[1:], strict=False)
        )
    )


def _moving(seed: int, time: int) -> np.ndarray:
    pose, speed = np.random.default_rng(seed).normal(size=(2, 20, 3))
    return (pose + np.sin(np.arange(time) / 5)[:, None, None] * speed).astype("float32")


SAMPLE = Sample(
    settings={"units": 8, "dropout": 0.0, "labels": LABELS},
    outputs=len(LABELS),
    batch=_labelled_frames,
    input=lambda: {},
    is_answer=_is_tagged,
    is_blank_answer=lambda answer: answer == [],
    items=(_moving(0, 30), _moving(1, 12)),
    blank_items=(np.zeros((0, 20, 3), "float32"), np.zeros((0, 60), "float32")),
    strange_items=(np.zeros((7, 20, 3), "float32"), np.ones((300, 60), "int32")),
)
