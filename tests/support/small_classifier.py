"""Small classifiers whose outputs vary, without any training."""

from __future__ import annotations

import numpy as np
from small_ngrams import random_scores, scored_layer
from small_pos import TEXT

import zoo
from zoo.inputs import train_words


def small_classifier(seed: int = 0, **config):
    """A `rating` model with random weights that are large enough to make labels differ."""
    config.setdefault("tokenizer", train_words([TEXT.split()], min_count=1))
    small = {"units": 8, "embedding_size": 6, "dropout": 0.0, "pooling": "attention"}
    model = zoo.build("rating", cell="gru", **{**small, **config})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape))
    return model


def with_some_ngrams(model, seed: int = 0):
    """The same model, with scores of n-grams that are in many texts of its words."""
    vocabulary = model.tokenizer.vocabulary_size
    scores = random_scores(np.random.default_rng(seed), 60, vocabulary, len(model.labels))
    return model.with_ngrams(scored_layer(scores))
