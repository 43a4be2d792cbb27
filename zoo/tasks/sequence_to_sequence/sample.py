"""A small case of translating: a few pairs of ids."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from zoo.inputs.samples import characters
from zoo.tasks.sample import Batch, Sample

VOCABULARY = 12
LENGTHS = np.array([[6], [4], [1], [3]])


def _pairs() -> Batch:
    """Ids of a few pairs, as `zoo.data.translation_batches` gives them."""
    rng = np.random.default_rng(0)
    source, words = rng.integers(4, VOCABULARY, (4, 6)), rng.integers(4, VOCABULARY, (4, 5))
    source = np.where(np.arange(6) < LENGTHS, source, 0)
    lengths = np.array([[2], [4], [3], [0]])
    target = np.where(np.arange(5) < lengths + 1, np.pad(words[:, :4], [(0, 0), (1, 0)]), 0)
    target[:, 0] = 2
    labels = np.where(np.arange(5) < lengths, np.pad(words[:, :4], [(0, 0), (0, 1)]), 0)
    np.put_along_axis(labels, lengths, 3, axis=1)
    inputs = {"source": source.astype("int32"), "target": target.astype("int32")}
    return inputs, labels.astype("int32"), (labels != 0).astype("float32")


def _fitted(model: Any) -> Sample:
    """Asks a model of several languages for one of them."""
    asked = {"target": model.targets[0]} if model.targets else {}
    return dataclasses.replace(SAMPLE, verb_settings=asked)


SAMPLE = Sample(
    settings={
        "units": 8,
        "embedding_size": 6,
        "encoder_layers": 1,
        "dropout": 0.0,
        "vocabulary_size": VOCABULARY,
    },
    outputs=VOCABULARY,
    batch=_pairs,
    input=lambda: {"source_tokenizer": characters()},
    is_answer=lambda text, answer: isinstance(answer, str),
    is_blank_answer=lambda answer: answer.strip() == "",
    export={"beam_size": 2},
    fitted=_fitted,
)
