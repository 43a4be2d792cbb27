"""A small case of transcribing: a few series of three numbers, and words of four letters."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from typing import Any

import numpy as np

from zoo.inputs.characters import CharacterTokenizer
from zoo.inputs.series import Series
from zoo.layers.heads.ctc import CTCLoss
from zoo.tasks.sample import Batch, Sample

LETTERS = " abc"
FEATURES = 3
_STEPS = 4


def parts() -> dict[str, Any]:
    """Settings with what a model reads and writes."""
    names = [f"feature {number}" for number in range(1, FEATURES + 1)]
    return {
        "input": Series(names, range(FEATURES), range(1, FEATURES + 1)),
        "target_tokenizer": CharacterTokenizer(LETTERS),
    }


def _said(steps_of=lambda steps: steps, name="series", shape=(FEATURES,)) -> Batch:
    """What is read and short labels, filled up to as many as there are steps; every row weighs 1.

    Args:
        steps_of: from steps of the logits to steps of what is read.
        name, shape: of the array over time, without batch and time.
    """
    lengths = np.array([steps_of(steps) for steps in range(_STEPS, 0, -1)], "int32")
    values = np.random.default_rng(0).normal(size=(_STEPS, lengths[0], *shape))
    is_real = np.arange(lengths[0]) < lengths[:, None]
    values = np.where(is_real.reshape(*is_real.shape, *[1] * len(shape)), values, 0)
    labels = np.array([[3, 3, 0, 0], [2, 4, 3, 0], [5, 0, 0, 0], [0, 0, 0, 0]], "int32")
    inputs = {name: values.astype("float32"), "lengths": lengths}
    return inputs, labels, np.ones(_STEPS, "float32")


def _expected_loss(outputs: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The mean over rows of how unlikely labels are, by every way to say them, in float64."""
    logits = outputs.astype("float64")
    log_probs = logits - np.log(np.exp(logits - logits.max()).sum(-1, keepdims=True)) - logits.max()
    losses = []
    for row, wanted in zip(log_probs, labels, strict=True):
        paths = itertools.product(range(row.shape[1]), repeat=len(row))
        chance = sum(
            np.exp(sum(row[step, label] for step, label in enumerate(path)))
            for path in paths
            if [label for label, _ in itertools.groupby(path) if label] == [*wanted[wanted > 0]]
        )
        losses.append(-np.log(chance))
    return float((np.array(losses) * weights).mean())


def _wave(time: int, seed: int, shape: tuple[int, ...] = (FEATURES,)) -> np.ndarray:
    phases = np.random.default_rng(seed).uniform(0, 6, shape)
    steps = np.arange(time).reshape(time, *[1] * len(shape))
    return np.sin(steps / 3 + phases) * 3


def _items(steps_of=lambda steps: steps, shape=(FEATURES,)) -> dict[str, Any]:
    """Settings of a sample: what models are asked to transcribe."""
    return {
        "items": (_wave(steps_of(30), 0, shape), _wave(steps_of(11), 1, shape)),
        "blank_items": (np.zeros((0, *shape)),),
        "strange_items": (
            _wave(1, 2, shape),
            np.full((steps_of(40), *shape), 1e6),
            np.zeros((steps_of(300), *shape), "int8"),
        ),
    }


def _fitted(model: Any) -> Sample:
    """The sample for a model that reads other arrays, such as sound."""
    shape = tuple(model.graph_inputs[model.timed_input].shape[1:])

    def steps_of(steps: int) -> int:
        frames = steps * model.encoder.reduction
        return model.shortest + (frames - 1) * model.steps_a_frame

    said = functools.partial(_said, steps_of, model.timed_input, shape)
    return dataclasses.replace(SAMPLE, batch=said, **_items(steps_of, shape))


SAMPLE = Sample(
    settings={"units": 8, "layers": 1, "dropout": 0.0, **parts()},
    outputs=len(LETTERS) + 2,
    batch=_said,
    input=parts,
    is_answer=lambda item, answer: isinstance(answer, str),
    is_blank_answer=lambda answer: answer == "",
    loss=CTCLoss(),
    expected_loss=_expected_loss,
    export={"beam_size": 2},
    fitted=_fitted,
    **_items(),
)
