"""Small taggers of frames whose labels vary, without any training."""

from __future__ import annotations

import numpy as np

from zoo.tasks.tagging.phoneme_sample import RATE, parts
from zoo.tasks.tagging.phonemes import build_phonemes


def small_frame_tagger(seed: int = 0, **config):
    """A `phonemes` of three labels, with random weights."""
    small = {"units": 8, "layers": 2, "joins": (2, 1), "dropout": 0.0}
    model = build_phonemes(**{**small, **parts(), **config})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * 0.7)
    return model


def recordings(count: int, seed: int = 1) -> list[np.ndarray]:
    """Random sounds of different lengths, the first of them too short for a frame."""
    rng = np.random.default_rng(seed)
    found = [rng.normal(size=100)]
    for length in rng.integers(400, 4000, count - 1):
        tones = np.repeat(rng.choice([200, 900, 3000], length // 400 + 1), 400)[:length]
        found.append(np.sin(np.cumsum(tones) * 2 * np.pi / RATE) + rng.normal(size=length) / 10)
    return [one.astype("float32") for one in found]
