"""From clips to one vector a frame, by convolutions that are trained from nothing."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.frames_of_clips import as_frames, as_steps

BLOCKS = ((32, 1, 2), (48, 1, 2), (96, 1, 2))


@keras.saving.register_keras_serializable(package="zoo")
class ClipConvolutions(keras.layers.Layer):
    """Convolutions of 3 x 3 pixels, over as many frames as asked, and a vector for each frame.

    With one frame a tap they see each frame by itself, the CNN below an RNN of Donahue et al. 2015
    (arXiv:1411.4389); with three they are the 3 x 3 x 3 of Tran et al. 2015 (arXiv:1412.0767),
    which here keep the number of frames. A convolution over time is done as one over the channels
    of neighbouring frames side by side, which is the same and on a processor several times as fast.

    A clip's pixels are brought to mean 0 and deviation 1 over all of its frames, so that neither
    light nor skin counts, except where `is_causal`: then 0 to 255 become -1 to 1.

    Args:
        size: width of a frame's vector, a linear layer over the whole last grid.
        blocks: a row `(filters, frames of a tap, stride)` for each convolution.
        dropout: fraction of channels dropped before each convolution but the first, the same of a
            whole clip, and of the last grid's values.
        differences: read beside each frame what is different from the one before it.
        is_causal: whether no frame's vector depends on frames after it.

    Inputs: `source`, uint8 `[batch, time, height, width, channels]`, and `lengths`, int `[batch]`.
    Output `[batch, time, size]`. Padding gives what it gives, and changes nothing before it.

    Raises:
        ConfigError: without blocks, or for an even number of frames a tap.

    Example:

    >>> import numpy as np
    >>> layer = ClipConvolutions(5, [(4, 1, 2), (8, 3, 2)])
    >>> tuple(layer(np.zeros((2, 6, 8, 16, 1), "uint8"), np.array([6, 3])).shape)
    (2, 6, 5)
    """

    reads = ("source", "lengths")

    def __init__(
        self,
        size: int,
        blocks: Sequence[Sequence[int]] = BLOCKS,
        dropout: float = 0.0,
        differences: bool = False,
        is_causal: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.size = size
        self.blocks = [tuple(int(number) for number in block) for block in blocks]
        self.dropout = dropout
        self.differences = differences
        self.is_causal = is_causal
        if not self.blocks or any(taps % 2 == 0 for _, taps, _ in self.blocks):
            raise ConfigError(
                "Convolutions over clips are at least one, each over an odd number of frames, not "
                f"{self.blocks}."
            )
        self.convolutions = [
            keras.layers.Conv2D(
                filters,
                3,
                strides=stride,
                padding="same",
                kernel_initializer="he_normal",
                use_bias=False,
                data_format="channels_last",
                name=f"convolution_{number}",
            )
            for number, (filters, _, stride) in enumerate(self.blocks)
        ]
        self.norms = [keras.layers.LayerNormalization(epsilon=1e-3) for _ in self.blocks]
        self.dropouts = [keras.layers.SpatialDropout3D(dropout) for _ in self.blocks[1:]]
        self.last_dropout = keras.layers.Dropout(dropout)
        self.projection = keras.layers.Dense(size, name="projection")

    @property
    def output_size(self) -> int:
        """Width of a frame's vector."""
        return self.size

    @property
    def past(self) -> int:
        """Frames before each that its vector depends on."""
        return self.differences + sum(taps - 1 for _, taps, _ in self.blocks)

    def build(self, source_shape, lengths_shape=None):
        height, width, channels = source_shape[-3:]
        channels = channels * (2 if self.differences else 1)
        for number, (filters, taps, stride) in enumerate(self.blocks):
            build_once(self.convolutions[number], (None, height, width, channels * taps))
            build_once(self.norms[number], (None, None, None, filters))
            height, width, channels = -(-height // stride), -(-width // stride), filters
        build_once(self.projection, (None, height * width * channels))

    def call(self, source, lengths, training=False):
        time = ops.shape(source)[1]
        real = ops.arange(time, dtype="int32") < ops.cast(ops.expand_dims(lengths, 1), "int32")
        real = ops.cast(ops.reshape(real, (-1, time, 1, 1, 1)), self.compute_dtype)
        steps = self._scaled(ops.cast(source, self.compute_dtype), real)
        if self.differences:
            steps = ops.concatenate([steps, steps - _moved(steps, 1)], axis=-1) * real
        parts = zip(self.blocks, self.convolutions, self.norms, strict=True)
        for number, ((_, taps, _), convolution, norm) in enumerate(parts):
            if number:
                steps = self.dropouts[number - 1](steps, training=training)
            if taps > 1:
                steps = self._beside(steps, taps)
            frames = ops.relu(norm(convolution(as_frames(steps))))
            steps = as_steps(frames, time) * real
        steps = ops.reshape(steps, (-1, time, self.projection.kernel.shape[0]))
        return self.projection(self.last_dropout(steps, training=training))

    def _scaled(self, pixels, real):
        """Pixels `[batch, time, height, width, channels]` on a scale, 0 where there is no frame."""
        if self.is_causal:
            return (pixels / 127.5 - 1) * real
        pixels = pixels / 255
        cells = pixels.shape[2] * pixels.shape[3] * pixels.shape[4]
        count = ops.maximum(ops.sum(real, axis=(1, 2, 3, 4), keepdims=True) * cells, 1)
        mean = ops.sum(pixels * real, axis=(1, 2, 3, 4), keepdims=True) / count
        centred = (pixels - mean) * real
        variance = ops.sum(ops.square(centred), axis=(1, 2, 3, 4), keepdims=True) / count
        return centred / ops.sqrt(variance + 1e-4)

    def _beside(self, steps, taps: int):
        """The channels of so many neighbouring frames side by side; beyond the clip they are 0."""
        before = taps - 1 if self.is_causal else taps // 2
        return ops.concatenate([_moved(steps, before - tap) for tap in range(taps)], axis=-1)

    def compute_output_shape(self, source_shape, lengths_shape=None):
        return (*source_shape[:2], self.size)

    def get_config(self):
        return {
            **super().get_config(),
            "size": self.size,
            "blocks": self.blocks,
            "dropout": self.dropout,
            "differences": self.differences,
            "is_causal": self.is_causal,
        }


def _moved(steps, count: int):
    """Steps `[batch, time, ...]` moved later by `count`, or earlier where it is below 0."""
    if count == 0:
        return steps
    beyond = ops.zeros_like(steps[:, : abs(count)])
    if count > 0:
        return ops.concatenate([beyond, steps], axis=1)[:, : ops.shape(steps)[1]]
    return ops.concatenate([steps, beyond], axis=1)[:, -count:][:, : ops.shape(steps)[1]]
