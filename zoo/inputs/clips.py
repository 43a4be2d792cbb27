"""Clips as what a model reads: frames of one size, of files of video or of arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs.input import Array, Input, Raw
from zoo.inputs.video_files import checked_clip, clip_pieces, is_clip

if TYPE_CHECKING:
    import tensorflow as tf

_GREY = (0.299, 0.587, 0.114)  # of ITU-R BT.601


@keras.saving.register_keras_serializable(package="zoo")
class Clips(Input):
    """Clips of any length and size, squashed to one size.

    An item is the path of a file of video, its bytes, or an array uint8 `[time, height, width]` or
    `[time, height, width, channels]` with 1 (grey) or 3 (RGB) channels. Files are whatever PyAV
    reads (mp4, avi, webm, animated GIF and more). A clip is read a few frames at a time: while it
    is made smaller, memory does not grow with its length or its size.

    Args:
        height: of what the model reads, in pixels.
        width: the same.
        channels: 3: RGB; 1: grey, to which colours are brought (ITU-R BT.601).

    Raises:
        ConfigError: for another number of channels, or a size below 1.

    Example:

    >>> import numpy as np
    >>> (prepared,) = Clips(4, 6, 1).prepare([np.zeros((9, 4, 6), "uint8")])
    >>> prepared["source"].shape, int(prepared["lengths"])
    ((9, 4, 6, 1), 9)
    """

    kind = "frames"
    one, many = "a clip", "clips"
    advice = "give paths, bytes, or uint8 arrays [time, height, width, channels]"
    weight = 16
    window = 64  # frames that are made smaller at once

    def __init__(self, height: int = 128, width: int = 128, channels: int = 3, **kwargs):
        super().__init__(**kwargs)
        self.height, self.width, self.channels = int(height), int(width), int(channels)
        if self.channels not in (1, 3) or min(self.height, self.width) < 1:
            raise ConfigError(
                "Clips have a height and a width of 1 or more and 1 or 3 channels, not "
                f"{height} x {width} x {channels}."
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of a frame: height, width, channels."""
        return self.height, self.width, self.channels

    @property
    def arrays(self) -> dict[str, Array]:
        """`source`, uint8 pixels of all frames, and `lengths`, how many frames there are."""
        return {"source": Array((None, *self.shape), "uint8"), "lengths": Array((), "int32")}

    @property
    def raw(self) -> dict[str, Raw]:  # type: ignore[override]
        """`clip`, uint8 pixels of frames of any size, and `lengths`."""
        return {"clip": Raw("uint8", (None, None, None, self.channels)), "lengths": Raw("int32")}

    @property
    def samples(self) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """Three arrays: a square that moves, noise, and nothing."""
        moving = np.zeros((6, *self.shape), "uint8")
        for step, frame in enumerate(moving):
            frame[: max(self.height // 2, 1), step * self.width // 8 :][:, : self.width // 3] = 200
        noise = np.random.default_rng(0).integers(0, 256, (3, *self.shape)).astype("uint8")
        return moving, noise, moving[:0]

    def is_item(self, value: Any) -> bool:
        """Whether it is a path, bytes or an array."""
        return is_clip(value)

    def prepare(self, items: Sequence[Any], names=None) -> list[dict[str, np.ndarray]]:
        """Reads clips.

        Returns:
            For each `source`, uint8 `[time, height, width, channels]`, and `lengths`.

        Raises:
            ConfigError: if one is no video, has no frames or is cut off; the message names it.
            MissingFileError: if there is no such file.
        """
        timed = {name: array for name, array in self.arrays.items() if array.shape}
        found = []
        for item in items:
            pieces = list(self.pieces(item))
            clip = {
                name: np.concatenate([piece[name] for piece in pieces])
                if pieces
                else np.zeros([size or 0 for size in array.shape], array.dtype)
                for name, array in timed.items()
            }
            found.append(clip | {"lengths": np.array(len(clip["source"]), "int32")})
        return found

    def pieces(self, item: Any) -> Iterator[dict[str, np.ndarray]]:
        """A clip in pieces, for what is too long to be read at once; see `prepare`.

        Yields:
            The arrays over time of some frames, `[frames, ...]`.
        """
        read = self.reader()
        for piece in clip_pieces(item, self.window):
            yield read(piece)

    def reader(self) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
        """A function of frames that come one after the other, to the arrays over time of them.

        It takes uint8 `[frames, height, width]` or `[frames, height, width, 1 or 3]`, of any size,
        and refuses others by a ConfigError.
        """
        return lambda frames: {"source": self._sized(checked_clip(frames))}

    def _sized(self, frames: np.ndarray) -> np.ndarray:
        """Frames of any size and 1 or 3 channels as the model reads them."""
        if frames.shape[-1] != self.channels:
            if self.channels == 3:
                frames = np.repeat(frames, 3, axis=-1)
            else:
                frames = np.rint(frames @ np.array(_GREY, "float32"))[..., None].astype("uint8")
        if frames.shape[1:] == self.shape:
            return frames
        import tensorflow as tf

        with tf.device("cpu"):
            return self._resize(tf.constant(frames)).numpy()

    def _resize(self, frames: tf.Tensor) -> tf.Tensor:
        """Uint8 `[frames, h, w, channels]` to the model's size, smoothed where it is smaller."""
        import tensorflow as tf

        size = (self.height, self.width)
        resized = tf.image.resize(frames, size, method="bilinear", antialias=True)
        resized = tf.cast(tf.clip_by_value(tf.round(resized), 0, 255), tf.uint8)
        return tf.ensure_shape(resized, (None, *self.shape))

    def in_graph(self, raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Brings frames to the model's size; those beyond their lengths become 0."""
        import tensorflow as tf

        frames, lengths = raw["clip"], tf.cast(raw["lengths"], tf.int32)
        batch, time, height, width = tf.unstack(tf.shape(frames)[:4])
        flat = tf.reshape(frames, (batch * time, height, width, self.channels))
        is_sized = (height == self.height) & (width == self.width)
        is_right = is_sized | (batch * time == 0)  # there is nothing to resize
        blank = tf.zeros((batch * time, *self.shape), tf.uint8)
        kept = tf.cond(is_sized, lambda: tf.ensure_shape(flat, (None, *self.shape)), lambda: blank)
        flat = tf.cond(is_right, lambda: kept, lambda: self._resize(flat))
        source = tf.reshape(flat, (batch, time, *self.shape))
        is_real = tf.sequence_mask(lengths, time)[:, :, None, None, None]
        return {"source": tf.where(is_real, source, tf.zeros((), tf.uint8)), "lengths": lengths}

    def raw_of(self, items: Sequence[Any]) -> dict[str, list]:
        """The frames of items, filled up with 0 to one length, and how many there are."""
        found = [prepared["source"] for prepared in self.prepare(items)]
        time = max(map(len, found), default=0)
        return {
            "clip": [np.pad(one, [(0, time - len(one)), *[(0, 0)] * 3]) for one in found],
            "lengths": [np.int32(len(one)) for one in found],
        }

    def meaning(self) -> dict[str, Any]:
        """The size that the model sees."""
        return {"height": self.height, "width": self.width, "channels": self.channels}

    @classmethod
    def read(cls, argument: str) -> Path:
        """The path of a file, which must be there."""
        path = Path(argument)
        if not path.is_file():
            raise MissingFileError(f"There is no video file {argument!r}.")
        return path

    def get_config(self):
        return {
            "name": self.name,
            "height": self.height,
            "width": self.width,
            "channels": self.channels,
        }


def centred(pixels: Any) -> Any:
    """Pixels from 0 to 255, float of any shape, as numbers about 0: 32 levels of grey are 1."""
    return (pixels - 127.5) / 32
