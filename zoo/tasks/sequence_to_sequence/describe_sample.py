"""A small case of describing: a few series of noise, and ids."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from zoo.inputs.samples import characters
from zoo.inputs.series import Series
from zoo.tasks.sample import Batch, Sample

VOCABULARY = 12
COLUMNS = ("a", "b", "c")


def _clips(columns: Sequence[str]) -> Batch:
    """Series and ids, as the pipelines give them; the last row weighs nothing."""
    rng = np.random.default_rng(0)
    frames = np.array([6, 4, 1, 0], "int32")
    series = rng.normal(size=(4, 6, len(columns))).astype("float32")
    series[np.arange(6) >= frames[:, None]] = 0
    ids = rng.integers(4, VOCABULARY, (4, 5))
    lengths = np.array([[2], [4], [3], [0]])
    target = np.where(np.arange(5) < lengths + 1, np.pad(ids[:, :4], [(0, 0), (1, 0)]), 0)
    target[:, 0] = 2
    labels = np.where(np.arange(5) < lengths, np.pad(ids[:, :4], [(0, 0), (0, 1)]), 0)
    np.put_along_axis(labels, lengths, 3, axis=1)
    weights = (labels != 0).astype("float32")
    weights[-1] = 0
    inputs = {"series": series, "lengths": frames, "target": target.astype("int32")}
    return inputs, labels.astype("int32"), weights


def _sample(columns: Sequence[str]) -> Sample:
    def waves(frames: int, pace: float) -> np.ndarray:
        return np.sin(pace * np.arange(frames)[:, None] + np.arange(len(columns)))

    return Sample(
        settings={
            "units": 8,
            "embedding_size": 6,
            "attention_units": 5,
            "dropout": 0.0,
            "vocabulary_size": VOCABULARY,
            "input": Series(columns),
        },
        outputs=VOCABULARY,
        batch=functools.partial(_clips, columns),
        input=lambda: {"target_tokenizer": characters(), "input": Series(columns)},
        is_answer=lambda clip, answer: isinstance(answer, str),
        is_blank_answer=lambda answer: answer == "",
        export={"beam_size": 2},
        items=(waves(20, 0.3), waves(5, 1.0)),
        blank_items=(np.zeros((0, len(columns))),),
        strange_items=(np.full((1, len(columns)), 1e6), np.zeros((200, len(columns)))),
        fitted=lambda model: _sample(model.input.columns),
    )


SAMPLE = _sample(COLUMNS)
