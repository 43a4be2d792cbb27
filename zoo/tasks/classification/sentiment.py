"""The tasks `sentiment` (negative or positive) and `rating` (how much so)."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from zoo.errors import ConfigError
from zoo.inputs.ids import vocabulary_size_of
from zoo.layers import Pooling, RecurrentStack, WordFeatures
from zoo.layers.pooling import KINDS
from zoo.layers.recurrent_levels import recurrent_levels
from zoo.tasks.classification.sequence_classifier import SequenceClassifier

POLARITIES = ("negative", "positive")
RATINGS = ("very negative", "negative", "neutral", "positive", "very positive")


def build_sentiment(
    cell="lstm",
    *,
    units: int = 300,
    embedding_size: int = 128,
    layers: int = 1,
    pooling: str = "max",
    dropout: float = 0.5,
    recurrent_dropout: float = 0.0,
    word_dropout: float = 0.1,
    is_causal: bool = False,
    labels: Sequence[str] = POLARITIES,
    tokenizer=None,
    vocabulary_size: int | None = None,
    dataset: str | None = None,
    name: str = "sentiment",
) -> SequenceClassifier:
    """An untrained classifier: word embeddings, layers in both directions, pooling over time.

    `zoo.build("sentiment", cell="lstm", ...)` calls it with names resolved.

    Args:
        cell: class of a recurrent cell, called with the number of units.
        units: width of each layer, of both directions together; then even.
        embedding_size: width of the word embeddings.
        layers: how many layers over time.
        pooling: "last", "max", "mean" or "attention", see `zoo.layers.Pooling`.
        dropout: fraction dropped of embeddings, inputs of upper layers, and the pooled vector.
        recurrent_dropout: fraction of the recurrent state dropped, see `zoo.layers.Recurrent`.
        word_dropout: fraction of the words read as unknown in training.
        is_causal: whether layers read forward alone, so that a text can be labelled while it comes;
            see `SequenceClassifier.stream`.
        labels: names of the labels.
        tokenizer: a `zoo.inputs.WordTokenizer`, kept in the model's file.
        vocabulary_size: number of word ids. None: as many as the tokenizer has.
        dataset: the data set whose labels these are, such as "sst/binary".
        name: name of the model.

    Returns:
        A built `SequenceClassifier`.

    Raises:
        ConfigError: when neither a tokenizer nor a vocabulary size is given, both disagree,
            `units` is odd, or there is no such pooling.
    """
    if pooling not in KINDS:
        raise ConfigError(f"pooling is one of {', '.join(KINDS)}, not {pooling!r}.")
    vocabulary_size = vocabulary_size_of("sentiment", tokenizer, vocabulary_size)

    return SequenceClassifier(
        WordFeatures(
            keras.layers.Embedding(vocabulary_size, embedding_size),
            word_dropout=word_dropout,
            dropout=dropout,
        ),
        RecurrentStack(
            recurrent_levels(cell, units, layers, is_causal, recurrent_dropout),
            dropout=dropout,
        ),
        Pooling(pooling, forward_units=None if is_causal else units // 2),
        labels,
        tokenizer,
        dropout=dropout,
        dataset=dataset,
        task="sentiment",
        name=name,
    )


def build_rating(cell="lstm", *, labels: Sequence[str] = RATINGS, **config) -> SequenceClassifier:
    """An untrained classifier of five degrees.

    Args:
        cell: class of a recurrent cell, called with the number of units.
        labels: names of the labels, from the worst to the best.
        **config: other settings of `build_sentiment`.

    Returns:
        A built `SequenceClassifier`.

    Raises:
        ConfigError: as `build_sentiment` does.
    """
    model = build_sentiment(cell, labels=labels, **{"name": "rating", **config})
    model.task = "rating"
    return model
