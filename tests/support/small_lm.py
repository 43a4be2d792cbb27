"""Small language models whose outputs vary, without any training."""

from __future__ import annotations

import numpy as np
from keras import ops
from quick import quick

import zoo


def small_lm(seed: int = 0, cache: dict | None = None, **config):
    """An `lm` with random weights that are large enough to make tokens differ.

    With `cache`, it has one of these settings.
    """
    if "tokenizer" not in config:
        config.setdefault("vocabulary_size", 11)
    small = {"units": 8, "embedding_size": 6, "dropout": 0.0, "output_dropout": 0.0}
    model = zoo.build("lm", **{**small, **config})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * 0.8)
    return model if cache is None else model.with_cache(**cache)


def log_probs_of(model, ids, begin_id=0):
    """The log-probability of each id given all before it, one whole call a row, in float64."""
    ids = np.atleast_2d(ids)
    tokens = np.concatenate([np.full((len(ids), 1), begin_id), ids[:, :-1]], axis=1)
    logits = ops.convert_to_numpy(quick(model, model)({"tokens": tokens.astype("int32")}))
    logits = logits.astype("float64")
    log_probs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return np.take_along_axis(log_probs, ids[..., None], -1)[..., 0]
