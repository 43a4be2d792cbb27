"""Small listeners whose outputs vary, without any training."""

from __future__ import annotations

import numpy as np

import zoo
from zoo.tasks.transcription.las_sample import SAMPLE
from zoo.tasks.transcription.sample import parts


def small_listener(seed: int = 0, **config):
    """A `las` of three features and four characters, with random weights."""
    small = {
        **SAMPLE.settings,
        "layers": 2,
        "joins": (2, 1),
        "ctc_share": 0.4,
        "ctc_weight": 0.5,
        **parts(),
    }
    model = zoo.build("las", **{**small, **config})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * 0.7)
    # A decoder that is sure of more than of the end: texts of some length.
    model.decoder.embedding.embeddings.assign(rng.normal(size=(model.end_id + 1, 4)) * 3)
    is_end = np.arange(model.end_id + 1) == model.end_id
    model.decoder.output_bias.assign(np.where(is_end, -4.0, 0.0))
    return model
