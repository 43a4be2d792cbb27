"""How a body is posed and moves, from where its joints are: causal, so that it can be streamed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from zoo.errors import ConfigError

_TRUNK = ((0, 1), (1, 2), (2, 3))  # hip to spine to neck to head, see zoo.inputs.skeletons


@keras.saving.register_keras_serializable(package="zoo")
class SkeletonMotion(keras.layers.Layer):
    """Joints about the hip over the length of the trunk, and how far they have moved.

    The length of the trunk, from hip to head, is its mean over the frames up to each one, so what
    comes in pieces (`stream`) gives the same as the whole. Before the first frame the body is where
    it is in that. What the sensor's place and the size of a person change is then gone; which way
    one turns is not.

    Args:
        lags: numbers of frames, such as (1, 4): for each how far every joint has moved about the
            hip since so many frames ago, and the hip in the room.

    Inputs float `[batch, time, joints, 3]` in metres, the first joint the hip, then spine, neck and
    head. Outputs `[batch, time, output_size]` in lengths of a trunk, of which the first `3 joints`
    are the pose. It computes in float32.

    Raises:
        ConfigError: if a lag is not at least 1.

    Example:

    >>> SkeletonMotion((1, 4))(keras.ops.ones((2, 5, 20, 3))).shape[-1]
    180
    """

    def __init__(self, lags: Sequence[int] = (1, 4), joints: int = 20, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.lags = [int(lag) for lag in lags]
        self.joints = int(joints)
        if min([1, *self.lags]) < 1:
            raise ConfigError(f"Lags of a SkeletonMotion are at least 1, not {self.lags}.")
        self.supports_masking = True
        self.built = True

    @property
    def output_size(self) -> int:
        """Width of the output."""
        return (1 + len(self.lags)) * 3 * self.joints

    def call(self, skeleton, lengths=None, training=False):
        """Features of frames; `lengths` are of no use, as padding comes after what is real."""
        return self.stream(skeleton)[0]

    def stream(self, skeleton: Any, state: Any = None) -> tuple[Any, Any]:
        """The next frames of a stream.

        Args:
            skeleton: float `[batch, time, joints, 3]`, all of them real, maybe 0 frames.
            state: what the call before gave. None: the stream begins.

        Returns:
            Features of these frames, and the state for the next call: how many frames there were
            and the sum of their trunks, float32 `[batch, 1]`, and the last frames,
            `[batch, largest lag, joints, 3]`.
        """
        joints = ops.cast(skeleton, "float32")
        reach = max([0, *self.lags])
        first = ops.pad(joints, [[0, 0], [0, 1], [0, 0], [0, 0]])[:, :1]
        if state is None:
            none = ops.zeros_like(first[:, :, 0, 0])
            state = none, none, ops.repeat(ops.zeros_like(first), reach, axis=1)
        count, total, before = state
        before = ops.where(count[:, :, None, None] > 0, before, first)
        sizes: Any = 0.0
        for low, high in _TRUNK:
            bone = joints[:, :, high] - joints[:, :, low]
            sizes = sizes + ops.sqrt(ops.sum(ops.square(bone), axis=-1) + 1e-8)
        counts = count + ops.cumsum(ops.ones_like(sizes), axis=1)
        totals = total + ops.cumsum(sizes, axis=1)
        scale = ops.maximum(totals / counts, 1e-2)[:, :, None, None]
        longer = ops.concatenate([before, joints], axis=1)
        time = ops.shape(joints)[1]
        about_hip = longer - longer[:, :, :1]
        found = [about_hip[:, reach:] / scale]
        for lag in self.lags:
            begin = reach - lag
            moved = about_hip[:, reach:] - about_hip[:, begin : begin + time]
            hip = longer[:, reach:, :1] - longer[:, begin : begin + time, :1]
            found.append(ops.concatenate([hip, moved[:, :, 1:]], axis=2) / scale)
        shape = (ops.shape(joints)[0], time, 3 * self.joints)
        features = ops.concatenate([ops.reshape(one, shape) for one in found], axis=-1)
        ends = (
            ops.concatenate([old, new], axis=1)[:, -1:]
            for old, new in ((count, counts), (total, totals))
        )
        kept = longer[:, ops.shape(longer)[1] - reach :]
        return ops.cast(features, self.compute_dtype), (*ends, kept)

    def compute_output_shape(self, skeleton_shape, lengths_shape=None):
        return (*skeleton_shape[:2], self.output_size)

    def get_config(self):
        return {**super().get_config(), "lags": self.lags, "joints": self.joints}
