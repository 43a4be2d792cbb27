"""Small taggers whose outputs vary, without any training."""

from __future__ import annotations

import numpy as np

import zoo
from zoo.inputs import train_words

TEXT = "The tall girl runs on the beach . A dog isn't here , and Ann's cat eats 12 apples !"


def small_pos(seed: int = 0, **config):
    """A `pos` model with random weights that are large enough to make labels differ."""
    if "vocabulary_size" not in config:
        config.setdefault("tokenizer", train_words([TEXT.split()], min_count=1))
    small = {"units": 8, "embedding_size": 6, "layers": 1, "character_filters": 3}
    small |= {"dropout": 0.0, "word_dropout": 0.0}
    model = zoo.build("pos", **{**small, **config})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape))
    model.output_layer.bias.assign(np.zeros(len(model.labels)))  # or one label wins everywhere
    return model
