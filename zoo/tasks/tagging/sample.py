"""A small case of tagging: a few sentences of ids."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.inputs.samples import words
from zoo.tasks.sample import Batch, Sample

VOCABULARY = 12
LABELS = ("A", "B", "C", "D", "E")
LENGTHS = np.array([[6], [4], [1], [3]])


def _tagged_sentences() -> Batch:
    """Ids of a few sentences, as `zoo.data.tagging_batches` gives them."""
    rng = np.random.default_rng(0)
    real = np.arange(6) < LENGTHS
    words = np.where(real, rng.integers(1, VOCABULARY, (4, 6)), 0).astype("int32")
    letters = rng.integers(1, VOCABULARY, (4, 6, 5))
    letters = np.where(np.arange(5) < rng.integers(2, 6, (4, 6, 1)), letters, 0)
    characters = np.where(real[..., None], letters, 0).astype("int32")
    labels = np.where(real, words % len(LABELS), 0).astype("int32")
    return {"words": words, "characters": characters}, labels, real.astype("float32")


def _is_tagged(text: str, answer: Any) -> bool:
    """Whether it is a list of pairs, each where its token stands, with all that is no space."""
    places = dict.fromkeys((pair.start, pair.end) for pair in answer)
    return (
        isinstance(answer, list)
        and all(isinstance(tag, str) and tag for _, tag in answer)
        and all(text[pair.start : pair.end] == pair.surface for pair in answer)
        and "".join(text[begin:end] for begin, end in places) == "".join(text.split())
    )


SAMPLE = Sample(
    settings={
        "units": 8,
        "embedding_size": 6,
        "layers": 1,
        "dropout": 0.0,
        "word_dropout": 0.0,
        "vocabulary_size": VOCABULARY,
        "character_count": VOCABULARY,
        "labels": LABELS,
    },
    outputs=len(LABELS),
    batch=_tagged_sentences,
    input=lambda: {"tokenizer": words()},
    is_answer=_is_tagged,
    is_blank_answer=lambda answer: answer == [],
)
