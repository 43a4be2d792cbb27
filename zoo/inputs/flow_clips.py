"""Clips and how everything in them moves: optical flow beside the frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from zoo.errors import ConfigError
from zoo.inputs.clips import Clips
from zoo.inputs.input import Array, Raw

if TYPE_CHECKING:
    import tensorflow as tf

_MIDDLE, _ALONG, _SPEED = 127.5, 16.0, 32.0  # drawn for no motion, and for a pixel a frame
# Farneback's pyramid: scale, levels, window, rounds, neighbourhood, its deviation, flags.
_FARNEBACK = (0.5, 3, 11, 3, 5, 1.1, 0)


@keras.saving.register_keras_serializable(package="zoo")
class FlowClips(Clips):
    """`Clips`, and for each frame an image of the motion since the one before it.

    Dense optical flow (Farneback 2003, by OpenCV) of frames of the model's size, drawn as bytes as
    Simonyan and Zisserman 2014 (arXiv:1406.2199, section 5) kept it: the first channel has 127 for
    no motion and 16 more for each pixel to the right, the second the same downwards, the third 32
    for each pixel of its length. The first frame has no motion.

    Args:
        height, width, channels: as for `Clips`.
    """

    weight = 32

    @property
    def arrays(self) -> dict[str, Array]:
        """`source` and `lengths`, as of `Clips`, and `flow`, uint8 `[time, height, width, 3]`."""
        flow = Array((None, self.height, self.width, 3), "uint8")
        return {"source": super().arrays["source"], "flow": flow, "lengths": Array((), "int32")}

    @property
    def raw(self) -> dict[str, Raw]:  # type: ignore[override]
        """`clip` and `flow`, uint8 of the model's size: a graph cannot find motion; `lengths`."""
        sized = {name: Raw("uint8", array.shape) for name, array in self.arrays.items()}
        return {"clip": sized["source"], "flow": sized["flow"], "lengths": Raw("int32")}

    def reader(self) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
        """As of `Clips`, and with each frame's flow from the one before."""
        cv2, read, before = _opencv(), super().reader(), [None]

        def with_flow(frames: np.ndarray) -> dict[str, np.ndarray]:
            source = read(frames)["source"]
            flow = np.empty((len(source), self.height, self.width, 3), "uint8")
            for frame, place in zip(source, flow, strict=True):
                grey: Any = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) if self.channels == 3 else frame
                motion = np.zeros((self.height, self.width, 2), "float32")
                if before[0] is not None:
                    motion = cv2.calcOpticalFlowFarneback(before[0], grey, None, *_FARNEBACK)
                place[:] = drawn_flow(motion)
                before[0] = grey
            return {"source": source, "flow": flow}

        return with_flow

    def in_graph(self, raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Takes frames and flow as they are; those beyond their lengths become 0."""
        import tensorflow as tf

        lengths = tf.cast(raw["lengths"], tf.int32)
        is_real = tf.sequence_mask(lengths, tf.shape(raw["clip"])[1])[:, :, None, None, None]
        blank = tf.zeros((), tf.uint8)
        source = tf.where(is_real, raw["clip"], blank)
        return {
            "source": source,
            "flow": tf.where(is_real, raw["flow"], blank),
            "lengths": lengths,
        }

    def raw_of(self, items: Sequence[Any]) -> dict[str, list]:
        """Frames and flow of items, filled up with 0 to one length, and how many there are."""
        prepared = self.prepare(items)
        time = max((len(one["source"]) for one in prepared), default=0)

        def filled(array: np.ndarray) -> np.ndarray:
            return np.pad(array, [(0, time - len(array)), *[(0, 0)] * 3])

        return {
            "clip": [filled(one["source"]) for one in prepared],
            "flow": [filled(one["flow"]) for one in prepared],
            "lengths": [np.int32(len(one["source"])) for one in prepared],
        }


def drawn_flow(flow: np.ndarray) -> np.ndarray:
    """Motion in pixels, float `[height, width, 2]`, as an image, uint8 `[height, width, 3]`.

    Example:

    >>> drawn_flow(np.array([[[1.0, -2.0]], [[0.0, 0.0]]]))[:, 0].tolist()
    [[143, 95, 71], [127, 127, 0]]
    """
    speed = np.sqrt(np.square(flow).sum(-1, keepdims=True))
    drawn = np.concatenate([_MIDDLE + _ALONG * flow, _SPEED * speed], axis=-1)
    return np.clip(drawn, 0, 255).astype("uint8")  # which leaves out fractions


def _opencv() -> Any:
    try:
        import cv2
    except ImportError as error:
        raise ConfigError(
            "Optical flow needs OpenCV: install it with pip install 'sequence-zoo[video]'."
        ) from error
    return cv2
