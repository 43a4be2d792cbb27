"""Small translation models whose outputs vary, without any training."""

from __future__ import annotations

import keras
import numpy as np
from quick import quick

import zoo

BOS, EOS = 2, 3


def small_nmt(seed: int = 0, spread: float = 0.9, ending: float = 1.0, **config):
    """An `nmt` model with random weights that are large enough to make outputs differ.

    Args:
        seed: of the weights.
        spread: their standard deviation.
        ending: what is added to the logit of the end of sequence, so that outputs end.
        **config: settings of `zoo.build("nmt")`; small where not given.
    """
    if "source_tokenizer" not in config:
        config.setdefault("vocabulary_size", 20)
    for key, value in {
        "units": 8,
        "embedding_size": 6,
        "encoder_layers": 1,
        "dropout": 0.0,
    }.items():
        config.setdefault(key, value)
    model = zoo.build("nmt", **config)
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * spread)
    bias = keras.ops.convert_to_numpy(model.decoder.output_bias).copy()
    bias[EOS] += ending
    model.decoder.output_bias.assign(bias)
    return model


def random_batch(seed: int = 0, rows: int = 3, vocabulary: int = 20):
    """Ids of sentences of different lengths: inputs, labels and weights as the pipeline gives them.

    Source and target are padded to different lengths, so that neither's mask fits the other.
    """
    rng = np.random.default_rng(seed)
    source = np.zeros((rows, 7), "int32")
    target, labels = np.zeros((rows, 5), "int32"), np.zeros((rows, 5), "int32")
    for row in range(rows):
        source_length, target_length = rng.integers(1, 7), rng.integers(0, 5)
        source[row, :source_length] = rng.integers(4, vocabulary, source_length)
        source[row, source_length] = EOS
        ids = rng.integers(4, vocabulary, target_length)
        target[row, : target_length + 1] = [BOS, *ids]
        labels[row, : target_length + 1] = [*ids, EOS]
    return {"source": source, "target": target}, labels, (labels != 0).astype("float32")


def logits_of(model, inputs):
    """The logits of one teacher-forced call, in NumPy."""
    return keras.ops.convert_to_numpy(quick(model, model)(inputs))


def log_softmax(logits):
    """In float64."""
    logits = np.asarray(logits, "float64")
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def teacher_forced(model, sources: list[list[int]], outputs: list[list[int]]):
    """Log-probabilities `[pair, time, vocabulary]` after every prefix of the outputs."""
    inputs = {
        "source": padded(sources),
        "target": padded([[BOS, *output[:-1]] for output in outputs]),
    }
    return log_softmax(logits_of(model, inputs))


def padded(rows: list[list[int]]):
    """Ids `[row, longest]`, padded with 0."""
    ids = np.zeros((len(rows), max(map(len, rows))), "int32")
    for row, values in zip(ids, rows, strict=True):
        row[: len(values)] = values
    return ids
