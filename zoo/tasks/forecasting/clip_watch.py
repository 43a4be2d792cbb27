"""Watching a clip while its frames come."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.errors import ConfigError
from zoo.tasks.item_stream import ItemStream
from zoo.tasks.unusual import Unusual


class ClipWatch(ItemStream[Unusual]):
    """A clip that goes on as frames are pushed; `ClipDetector.stream` gives one.

    A frame is uint8 `[height, width]` or `[height, width, 1 or 3]`, of any size. What is known is
    how unusual this frame alone is, and where; all of them, one after the other, are what the model
    says of the whole clip.

    Args:
        model: a `ClipDetector`.
    """

    def __init__(self, model: Any):
        super().__init__(Unusual([], where=np.zeros((0, *model.grid), "float32")))
        self._model, self._state = model, None
        self._reader = model.input.reader()

    def _read(self, frame: Any) -> Unusual:
        if not isinstance(frame, np.ndarray):
            raise ConfigError(f"A frame is an array uint8, not a {type(frame).__name__}.")
        frames = self._reader(frame[None])["source"]
        scores, where, self._state = self._model.advance(frames, self._state)
        return Unusual(scores.tolist(), where=where)
