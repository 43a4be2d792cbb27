"""A small case of what is unusual in clips: a few of noise."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from zoo.inputs.clips import Clips, centred
from zoo.tasks.forecasting.sample import SAMPLE as SERIES
from zoo.tasks.sample import Batch, Sample

_LENGTHS = np.array([6, 4, 3, 0], "int32")


def _clips(height: int, width: int, channels: int, ahead: int) -> Batch:
    """Clips and the frames that follow each of theirs; the last row is padding."""
    time = int(_LENGTHS.max())
    shape = (len(_LENGTHS), time + ahead, height, width, channels)
    frames = np.random.default_rng(0).integers(0, 256, shape).astype("uint8")
    real = np.arange(time) < _LENGTHS[:, None]
    source = np.where(real[..., None, None, None], frames[:, :time], 0).astype("uint8")
    later = [frames[:, step : step + time] for step in range(1, ahead + 1)]
    labels = centred(np.stack(later, axis=2).astype("float32"))
    inputs = {"source": source, "lengths": _LENGTHS}
    return inputs, labels.reshape(*real.shape, -1), real.astype("float32")


def _expected_loss(outputs: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The mean over all frames of the weighted mean of squared errors, in float64."""
    return float((np.square(outputs.astype("float64") - labels).mean(-1) * weights).mean())


def _clip(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape).astype("uint8")


def _is_answer(clip: Any, answer: Any) -> bool:
    scores = np.asarray(answer)
    return scores.shape == (len(clip),) == answer.where.shape[:1] and not scores[:1].any()


def _sample(height: int, width: int, channels: int, ahead: int) -> Sample:
    input = Clips(height, width, channels)
    return dataclasses.replace(
        SERIES,
        settings={"units": 3, "size": 5, "blocks": [(3, 3, 2)], "ahead": ahead, "input": input},
        batch=lambda: _clips(height, width, channels, ahead),
        input=lambda: {},
        is_answer=_is_answer,
        is_blank_answer=lambda answer: len(answer) == 0,
        outputs=None,
        loss="mean_squared_error",
        expected_loss=_expected_loss,
        verb_settings={},
        export={},
        items=(_clip(0, 7, 20, 30, 1), _clip(1, 9, height, width, 3)),
        blank_items=(np.zeros((0, 4, 4, 3), "uint8"),),
        strange_items=(
            _clip(2, 1, 1, 1),
            _clip(3, 2, 3, 200),
            np.full((70, 40, 40), 255, "uint8"),
        ),
        fitted=_fitted,
    )


def _fitted(model: Any) -> Sample:
    """Clips of the size that a model reads."""
    height, width, channels = model.input.shape
    return _sample(height, width, channels, model.ahead)


SAMPLE = _sample(8, 12, 1, ahead=2)
