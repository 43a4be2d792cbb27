"""A small case of telling phonemes: a few recordings of noise, and three phonemes."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.inputs.sound import Sound
from zoo.layers import FrameNormalization, LogMel
from zoo.tasks.sample import Batch, Sample

LABELS = ("_", "A", "EI")
RATE = 16000
_FRAMES = np.array([6, 4, 1, 3])


def parts() -> dict[str, Any]:
    """Settings with what a model reads and writes."""
    front = [LogMel(RATE, mel_bins=8), FrameNormalization()]
    return {"input": Sound(RATE), "labels": LABELS, "front": front}


def _labelled_frames() -> Batch:
    """Samples of a few frames each, as `zoo.data.frame_batches` gives them."""
    rng = np.random.default_rng(0)
    lengths = (240 + 160 * _FRAMES).astype("int32")
    is_heard = np.arange(lengths.max()) < lengths[:, None]
    audio = np.where(is_heard, rng.normal(size=is_heard.shape), 0).astype("float32")
    is_real = np.arange(_FRAMES.max()) < _FRAMES[:, None]
    labels = np.where(is_real, rng.integers(0, len(LABELS), is_real.shape), 0).astype("int32")
    return {"audio": audio, "lengths": lengths}, labels, is_real.astype("float32")


def _is_tagged(item: Any, answer: Any) -> bool:
    """Whether it is a list of spans with labels, one after the other, each a frame or longer."""
    return (
        isinstance(answer, list)
        and all(isinstance(span.label, str) and span.label for span in answer)
        and all(span.begin < span.end and 0 <= span.probability <= 1 for span in answer)
        and all(
            one.end == other.begin and one.label != other.label
            for one, other in zip(answer, answer[1:], strict=False)
        )
    )


def _tone(samples: int, pitch: float) -> np.ndarray:
    return (np.sin(2 * np.pi * pitch * np.arange(samples) / RATE) / 2).astype("float32")


SAMPLE = Sample(
    settings={"units": 8, "layers": 1, "dropout": 0.0, **parts()},
    outputs=len(LABELS),
    batch=_labelled_frames,
    input=parts,
    is_answer=_is_tagged,
    is_blank_answer=lambda answer: answer == [],
    items=(_tone(3000, 300), np.concatenate([_tone(900, 200), _tone(2000, 2000)])),
    blank_items=(np.zeros(0, "float32"), np.zeros(100, "float32")),
    strange_items=(np.zeros(8000, "int16"), 100 * _tone(500, 50), _tone(20_000, 7000)),
)
