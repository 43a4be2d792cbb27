"""Small transcribers whose outputs vary, without any training."""

from __future__ import annotations

import numpy as np

from zoo.tasks.transcription.asr import build_asr
from zoo.tasks.transcription.sample import parts


def small_transcriber(seed: int = 0, **config):
    """An `asr` of three features and four characters, with random weights."""
    model = build_asr(
        **{"units": 8, "layers": 2, "joins": (2, 1), "dropout": 0.0, **parts(), **config}
    )
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * 0.7)
    return model


def sounds(count: int, seed: int = 1) -> list[np.ndarray]:
    """Random frames of different lengths, `[time, 3]`, one of them of none."""
    rng = np.random.default_rng(seed)
    times = [0, *rng.integers(1, 40, count - 1)]
    return [rng.normal(size=(time, 3)) * 3 for time in times]
