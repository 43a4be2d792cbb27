"""Small models of music whose outputs vary, without any training."""

from __future__ import annotations

import numpy as np

import zoo


def small_composer(seed: int = 0, bias: float = -2.0, **config):
    """A `music` with random weights, which plays some keys of each chord."""
    model = zoo.build("music", **{"units": 8, "dropout": 0.0, **config})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        if "rate_logit" not in weight.path:
            weight.assign(rng.normal(size=weight.shape) * 0.4)
    model.head.logit_layer.bias.assign(rng.normal(size=88) + bias)
    return model
