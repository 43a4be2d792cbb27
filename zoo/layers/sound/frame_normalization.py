"""Features of one recording on one scale, whatever the microphone and the distance from it."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zoo.errors import ConfigError


@keras.saving.register_keras_serializable(package="zoo")
class FrameNormalization(keras.layers.Layer):
    """Each feature less its mean over the frames of a recording, over its deviation.

    Of the whole recording (Viikki and Laurila 1998, equations 1 to 3), or, where it runs, of the
    frames up to each one, among which `prior_frames` with a mean of 0 and a deviation of 1 count:
    give it features that are on the scale of the training data, such as from
    `keras.layers.Normalization`. What comes in pieces (`stream`) gives the same as the whole.

    Args:
        is_running: whether a frame knows none of those to come.
        prior_frames: how many frames the training data count as, where it runs; above 0.
        epsilon: added to variances.

    Inputs float `[batch, frames, features]`, and `mask`, bool `[batch, frames]`, padding at the
    right. Outputs the same shape, 0 where it is masked. It computes in float32.

    Raises:
        ConfigError: if `prior_frames` or `epsilon` is not above 0.

    Example:

    >>> import numpy as np
    >>> frames = np.array([[[1.0], [3.0]]], "float32")
    >>> np.asarray(FrameNormalization()(frames)).round(3).tolist()
    [[[-1.0], [1.0]]]
    """

    def __init__(
        self,
        is_running: bool = False,
        prior_frames: float = 100.0,
        epsilon: float = 1e-5,
        **kwargs,
    ):
        super().__init__(autocast=False, **kwargs)
        self.is_running = bool(is_running)
        self.prior_frames, self.epsilon = float(prior_frames), float(epsilon)
        if not self.prior_frames > 0 or not self.epsilon > 0:
            raise ConfigError("prior_frames and epsilon of a FrameNormalization are above 0.")
        self.supports_masking = True
        self.built = True

    def call(self, frames, mask=None):
        frames = ops.cast(frames, "float32")
        if mask is not None:
            mask = ops.expand_dims(mask, -1)
            frames = ops.where(mask, frames, 0.0)
        if self.is_running:
            found, _ = self._run(frames, self._begin(frames))
        else:
            found = self._normalised(frames, mask)
        if mask is not None:
            found = ops.where(mask, found, 0.0)
        return ops.cast(found, self.compute_dtype)

    def _normalised(self, frames: Any, mask: Any) -> Any:
        real = ops.ones_like(frames[:, :, :1]) if mask is None else ops.cast(mask, "float32")
        count = ops.maximum(ops.sum(real, axis=1, keepdims=True), 1.0)
        centred = (frames - ops.sum(frames, axis=1, keepdims=True) / count) * real
        variance = ops.sum(ops.square(centred), axis=1, keepdims=True) / count
        return centred / ops.sqrt(variance + self.epsilon)

    def _begin(self, frames: Any) -> tuple[Any, Any, Any]:
        sums = ops.sum(frames[:, :0], axis=1, keepdims=True)  # 0, [batch, 1, features]
        return ops.full_like(sums, self.prior_frames), sums, ops.full_like(sums, self.prior_frames)

    def _run(self, frames: Any, state: tuple[Any, Any, Any]) -> tuple[Any, tuple[Any, Any, Any]]:
        count, total, squares = state
        counts = count + ops.cumsum(ops.ones_like(frames), axis=1)
        totals = total + ops.cumsum(frames, axis=1)
        squared = squares + ops.cumsum(ops.square(frames), axis=1)
        means = totals / counts
        variances = ops.maximum(squared / counts - ops.square(means), 0.0)
        # With no frame in this piece the state stays.
        ends = tuple(
            ops.concatenate([before, after], axis=1)[:, -1:]
            for before, after in zip(state, (counts, totals, squared), strict=True)
        )
        return (frames - means) / ops.sqrt(variances + self.epsilon), ends

    def stream(self, frames: Any, state: Any = None) -> tuple[Any, Any]:
        """The next frames of a stream, normalised by all up to each.

        Args:
            frames: float `[batch, frames, features]`, all of them real, maybe 0 frames.
            state: what the call before gave. None: the stream begins.

        Returns:
            Frames of the same shape, and the state for the next call: how many frames there were,
            their sums and the sums of their squares, each float32 `[batch, 1, features]`.

        Raises:
            ConfigError: if it is not running.
        """
        if not self.is_running:
            raise ConfigError("Only a FrameNormalization(is_running=True) normalises a stream.")
        frames = ops.cast(frames, "float32")
        found, state = self._run(frames, self._begin(frames) if state is None else state)
        return ops.cast(found, self.compute_dtype), state

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "is_running": self.is_running,
            "prior_frames": self.prior_frames,
            "epsilon": self.epsilon,
        }
