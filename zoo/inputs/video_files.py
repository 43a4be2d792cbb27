"""Frames of a clip, a few at a time, of files of video of every kind or of arrays."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zoo.errors import ConfigError, MissingFileError

MOST_PIXELS = 40_000_000  # of a frame; 8K has 33 million
_WINDOW_PIXELS = 16_000_000  # of the frames that are in memory before they are made smaller


def is_clip(value: Any) -> bool:
    """Whether it is a path, bytes or an array, readable or not."""
    return isinstance(value, (str, os.PathLike, bytes, bytearray, np.ndarray))


def clip_pieces(item: Any, most: int) -> Iterator[np.ndarray]:
    """The frames of a clip in pieces, so that memory does not grow with its length.

    Args:
        item: the path of a file, its bytes, or uint8 `[time, height, width]` or `[time, height,
            width, channels]` with 1 (grey) or 3 (RGB) channels.
        most: frames of a piece; fewer where frames are large.

    Yields:
        uint8 `[frames, height, width, 1 or 3]`, all of one size.

    Raises:
        ConfigError: if it is no video, has no frames, ends in the middle of one, or its frames are
            too large; the message names it.
        MissingFileError: if there is no such file.
    """
    if isinstance(item, np.ndarray):
        array = checked_clip(item)
        for begin in range(0, len(array), most):
            yield array[begin : begin + most]
        return
    waiting: list[np.ndarray] = []
    for frame in _frames_of_file(item):
        waiting.append(frame)
        if len(waiting) * frame[..., 0].size >= _WINDOW_PIXELS or len(waiting) >= most:
            yield np.stack(waiting)
            waiting = []
    if waiting:
        yield np.stack(waiting)


def checked_clip(array: np.ndarray) -> np.ndarray:
    """An array of a clip, as `clip_pieces` takes it, with an axis of channels."""
    shape = array.shape
    is_right = array.ndim == 3 or (array.ndim == 4 and shape[3] in (1, 3))
    if array.dtype != np.uint8 or not is_right or 0 in shape[1:]:
        raise ConfigError(
            "An array of a clip is uint8 [time, height, width] or [time, height, width, 1 or 3], "
            f"not {array.dtype} {list(shape)}: scale it to 0 to 255 and convert it first."
        )
    _require_size(f"A clip {list(shape)}", shape[1], shape[2])
    return array if array.ndim == 4 else array[..., None]


def _require_size(name: str, height: int, width: int) -> None:
    if height * width > MOST_PIXELS:
        raise ConfigError(
            f"{name} has frames of {width:,} x {height:,} pixels, and {MOST_PIXELS:,} are the most "
            "that are read: make it smaller first."
        )


def _frames_of_file(item: Any) -> Iterator[np.ndarray]:
    """Each frame of a file, uint8 `[height, width, 3]`."""
    if isinstance(item, (bytes, bytearray)):
        yield from frames_of_container(io.BytesIO(item), f"a clip of {len(item):,} bytes")
        return
    name = os.fspath(item)
    if not Path(name).is_file():
        raise MissingFileError(f"There is no video file {name!r}.")
    yield from frames_of_container(name, name)


def frames_of_container(source: Any, name: str) -> Iterator[np.ndarray]:
    """Each frame of what PyAV opens, uint8 `[height, width, 3]`.

    Args:
        source: the path of a file, or something with `read`.
        name: of it, for messages.

    Raises:
        ConfigError: as `clip_pieces` does.
    """
    try:
        import av
    except ImportError as error:
        raise ConfigError(
            "Reading video needs PyAV: install it with pip install 'sequence-zoo[video]'."
        ) from error
    count, shape = 0, None
    try:
        with av.open(source) as container:
            if not container.streams.video:
                raise ConfigError(f"{name} has no frames: it has no video in it.")
            for frame in container.decode(container.streams.video[0]):
                _require_size(name, frame.height, frame.width)
                pixels = frame.to_ndarray(format="rgb24")
                if shape not in (None, pixels.shape):
                    raise ConfigError(f"{name} changes its size after {count:,} frames: cut it.")
                count, shape = count + 1, pixels.shape
                yield pixels
    except (av.FFmpegError, OSError, ValueError) as error:
        reason = " ".join((getattr(error, "strerror", None) or str(error)).split())[:120]
        where = f"is cut off or damaged after {count:,} frames" if count else "is no video"
        raise ConfigError(f"{name} {where} that can be read ({reason}).") from error
    if not count:
        raise ConfigError(f"{name} has no frames: it is empty or cut off.")
