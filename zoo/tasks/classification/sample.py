"""A small case of classification: a few texts of ids."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.inputs.samples import words
from zoo.tasks.sample import Batch, Sample

VOCABULARY = 12
LABELS = ("A", "B", "C", "D", "E")
LENGTHS = np.array([[6], [4], [1], [3]])


def _classified_texts() -> Batch:
    """Ids of a few texts, as `zoo.data.classification_batches` gives them; the last row fills."""
    rng = np.random.default_rng(0)
    words = np.where(np.arange(6) < LENGTHS, rng.integers(1, VOCABULARY, (4, 6)), 0)
    words[-1] = 0
    labels = np.array([3, 1, 4, 0], "int32")
    return {"words": words.astype("int32")}, labels, np.array([1, 1, 1, 0], "float32")


def is_classified(answer: Any) -> bool:
    """Whether it is a label and the probabilities of all, of which its is the highest."""
    label, probabilities = answer
    return (
        probabilities[label] == max(probabilities.values())
        and all(type(value) is float for value in probabilities.values())
        and abs(sum(probabilities.values()) - 1) < 1e-3
    )


SAMPLE = Sample(
    settings={
        "units": 8,
        "embedding_size": 6,
        "layers": 1,
        "dropout": 0.0,
        "word_dropout": 0.0,
        "vocabulary_size": VOCABULARY,
        "labels": LABELS,
    },
    outputs=len(LABELS),
    batch=_classified_texts,
    input=lambda: {"tokenizer": words()},
    is_answer=lambda text, answer: is_classified(answer),
    is_blank_answer=is_classified,
)
