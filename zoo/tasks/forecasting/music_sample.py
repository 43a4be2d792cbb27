"""A small case of music: a few chords of a piano."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.inputs.piece import KEYS, Piece
from zoo.layers import BernoulliHead
from zoo.tasks.sample import Batch, Sample

_LENGTH = 3


def _chords() -> Batch:
    """Chords and those that follow, after silence; the last row is padding."""
    lengths = np.array([5, 3, 1, 0], "int32")
    real = np.arange(5) < lengths[:, None]
    labels = (np.random.default_rng(0).random((4, 5, KEYS)) < 0.05) * real[..., None]
    labels = labels.astype("float32")
    series = np.pad(labels[:, :-1], [(0, 0), (1, 0), (0, 0)]) * real[..., None]
    inputs = {"series": series.astype("float32"), "lengths": lengths}
    return inputs, labels, real.astype("float32")


def _expected_loss(outputs: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The mean over all positions of the weighted sum of binary cross-entropies, in float64."""
    probability = 1 / (1 + np.exp(-outputs.astype("float64")))
    likelihood = np.where(labels > 0, probability, 1 - probability)
    return float((-np.log(likelihood).sum(-1) * weights).mean())


def _is_continued(prompt: Any, answer: Any) -> bool:
    begun = prompt if isinstance(prompt, Piece) else Piece.of_roll(prompt)
    return (
        isinstance(answer, Piece)
        and answer[: len(begun)] == begun
        and len(answer) == len(begun) + _LENGTH
    )


SAMPLE = Sample(
    settings={"units": 8, "layers": 1, "dropout": 0.0},
    outputs=None,
    batch=_chords,
    input=lambda: {},
    is_answer=_is_continued,
    is_blank_answer=lambda answer: len(answer) == _LENGTH,
    loss=BernoulliHead.loss(),
    expected_loss=_expected_loss,
    verb_settings={"length": _LENGTH, "temperature": 0.0},
    export={"max_length": 5},
    items=(Piece.parse("C3 G3 E4 C5, F3 A3 F4 C5"), Piece.parse("A2 A3 C4 E4")),
    blank_items=(Piece(),),
    strange_items=(Piece([range(21, 109)] * 3), Piece([[]] * 40), np.eye(KEYS, dtype="uint8")),
)
