"""A small model that answers questions, whose answers vary without any training."""

from __future__ import annotations

import numpy as np

import zoo
from zoo.inputs import train_words

STORY = "Mary went to the garden. John moved to the office. Mary took the milk."
QUESTIONS = ("Where is Mary?", "Where is John?", "Who took the milk?")
ANSWERS = ("garden", "office", "milk", "Mary", "apple,milk")


def small_answerer(seed: int = 0, **config):
    """A `qa` model with random weights that are large enough to make answers differ."""
    texts = [STORY.replace(".", " . ").split(), " ".join(QUESTIONS).replace("?", " ?").split()]
    small = {"units": 8, "labels": ANSWERS, "sentence_length": 8}
    model = zoo.build("qa", tokenizer=train_words(texts, min_count=1), **{**small, **config})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape))
    return model
