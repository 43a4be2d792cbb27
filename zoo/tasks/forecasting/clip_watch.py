"""Watching a clip while its frames come."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.errors import ConfigError
from zoo.tasks.unusual import Unusual


class ClipWatch:
    """A clip that goes on as frames are pushed; `ClipDetector.stream` gives one.

    What it has in memory does not grow with the clip.

    Args:
        model: a `ClipDetector`.
    """

    def __init__(self, model: Any):
        self._model, self._state = model, None
        self._reader = model.input.reader()

    def push(self, frame: np.ndarray) -> Unusual:
        """Reads one frame.

        Args:
            frame: uint8 `[height, width]` or `[height, width, 1 or 3]`, of any size.

        Returns:
            How unusual it is and where: an `Unusual` of this frame alone. Those of all frames, one
            after the other, are that of the whole clip.

        Raises:
            ConfigError: if it is no such array.
        """
        if not isinstance(frame, np.ndarray):
            raise ConfigError(f"A frame is an array uint8, not a {type(frame).__name__}.")
        frames = self._reader(frame[None])["source"]
        scores, where, self._state = self._model.advance(frames, self._state)
        return Unusual(scores.tolist(), where=where)
