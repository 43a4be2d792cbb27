"""A small case of transcribing: a few series of three numbers, and words of four letters."""

from __future__ import annotations

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


def _said() -> Batch:
    """Frames and short labels, filled up to as many as there are steps; every row weighs 1."""
    lengths = np.array([4, 3, 2, 1], "int32")
    values = np.random.default_rng(0).normal(size=(4, _STEPS, FEATURES))
    series = np.where(np.arange(_STEPS)[:, None] < lengths[:, None, None], values, 0)
    labels = np.array([[3, 3, 0, 0], [2, 4, 3, 0], [5, 0, 0, 0], [0, 0, 0, 0]], "int32")
    inputs = {"series": series.astype("float32"), "lengths": lengths}
    return inputs, labels, np.ones(4, "float32")


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


def _wave(time: int, seed: int) -> np.ndarray:
    phases = np.random.default_rng(seed).uniform(0, 6, FEATURES)
    return np.sin(np.arange(time)[:, None] / 3 + phases) * 3


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
    items=(_wave(30, 0), _wave(11, 1)),
    blank_items=(np.zeros((0, FEATURES)),),
    strange_items=(_wave(1, 2), np.full((40, FEATURES), 1e6), np.zeros((300, FEATURES), "int8")),
)
