"""Frames that come through a pipe, from a camera or another program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from zoo.inputs.video_files import frames_of_container


class _Pipe:
    """A stream that can be read alone: PyAV asks no more of it."""

    def __init__(self, stream: Any):
        self._stream = stream

    def read(self, size: int) -> bytes:
        # What there is, not as much as there is room for: a frame is shown when it comes.
        return self._stream.read1(size) if hasattr(self._stream, "read1") else self._read(size)

    def _read(self, size: int) -> bytes:
        return self._stream.read(size)


def pipe_frames(stream: Any) -> Iterator[np.ndarray]:
    """The frames of a stream of video, each as soon as it is there.

    Args:
        stream: bytes of a format that can be read while it is written, such as Matroska, MPEG-TS
            or a row of JPEG files, as `ffmpeg -f matroska -` writes it.

    Yields:
        uint8 `[height, width, 3]`.

    Raises:
        ConfigError: if it is no video, or ends before the first frame.
    """
    yield from frames_of_container(_Pipe(stream), "standard input")
