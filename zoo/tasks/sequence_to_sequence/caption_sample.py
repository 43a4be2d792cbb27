"""A small case of captioning: a few images of noise, and ids."""

from __future__ import annotations

import numpy as np

from zoo.inputs.samples import characters
from zoo.tasks.sample import Batch, Sample

VOCABULARY = 12
SIDE = 16


def _captions() -> Batch:
    """Images and ids, as the pipelines give them; the last row weighs nothing."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (4, SIDE, SIDE, 3)).astype("uint8")
    ids = rng.integers(4, VOCABULARY, (4, 5))
    lengths = np.array([[2], [4], [3], [0]])
    target = np.where(np.arange(5) < lengths + 1, np.pad(ids[:, :4], [(0, 0), (1, 0)]), 0)
    target[:, 0] = 2
    labels = np.where(np.arange(5) < lengths, np.pad(ids[:, :4], [(0, 0), (0, 1)]), 0)
    np.put_along_axis(labels, lengths, 3, axis=1)
    weights = (labels != 0).astype("float32")
    weights[-1] = 0
    return (
        {"source": images, "target": target.astype("int32")},
        labels.astype("int32"),
        weights,
    )


def _picture(seed: int, height: int, width: int) -> np.ndarray:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3))
    return pixels.astype("uint8")


SAMPLE = Sample(
    settings={
        "units": 8,
        "embedding_size": 6,
        "memory_size": 6,
        "attention_units": 5,
        "dropout": 0.0,
        "image_dropout": 0.0,
        "doubly_stochastic": 0.0,
        "blocks": ((3, 2, 1, 4), (3, 2, 2, 6)),
        "side": SIDE,
        "longest": 8,
        "vocabulary_size": VOCABULARY,
    },
    outputs=VOCABULARY,
    batch=_captions,
    input=lambda: {"target_tokenizer": characters()},
    is_answer=lambda image, answer: isinstance(answer, str),
    is_blank_answer=lambda answer: isinstance(answer, str),
    export={"beam_size": 2},
    items=(_picture(0, 20, 30), _picture(1, 300, 200)),
    blank_items=(np.zeros((5, 5), "uint8"),),
    strange_items=(_picture(2, 1, 1), _picture(3, 3, 500), np.full((40, 40, 4), 255, "uint8")),
)
