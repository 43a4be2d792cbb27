"""Labelling a clip while its frames come."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.errors import ConfigError
from zoo.tasks.classification.clip_results import ClipClassification
from zoo.tasks.item_stream import ItemStream


class ClipStream(ItemStream[ClipClassification]):
    """A clip that goes on as frames are pushed; `ClipClassifier.stream` gives one.

    A frame is uint8 `[height, width]` or `[height, width, 1 or 3]`, of any size. The probabilities
    over time that are known are those after this frame alone.

    Args:
        model: a causal `ClipClassifier`.

    Raises:
        ConfigError: if a frame's features or the body over time see later frames.
    """

    def __init__(self, model: Any):
        if not model.is_causal:
            raise ConfigError(
                f"The model {model.name!r} sees later frames, too, and labels whole clips alone: "
                "call classify(clip), or take a causal one."
            )
        super().__init__(model.classification_of_nothing())
        self._model, self._state = model, None
        self._reader = model.input.reader()
        self._before: dict[str, Any] = {}

    def _read(self, frame: Any) -> ClipClassification:
        if not isinstance(frame, np.ndarray):
            raise ConfigError(f"A frame is an array uint8, not a {type(frame).__name__}.")
        arrays = self._reader(frame[None])
        if self._before:
            joined = {k: np.concatenate([self._before[k], v]) for k, v in arrays.items()}
        else:
            joined = arrays
        past = len(next(iter(joined.values()))) - 1
        found, self._state = self._model.advance({**joined, "past": past}, self._state)
        kept = min(int(getattr(self._model.features, "past", 0)), past + 1)
        self._before = {k: v[past + 1 - kept :] for k, v in joined.items()} if kept else {}
        return ClipClassification.of(self._model.labels, found[-1], found)
