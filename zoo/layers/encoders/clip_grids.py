"""From clips to a grid of features a frame, by convolutions that are trained from nothing."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.frames_of_clips import as_frames, as_steps

BLOCKS = ((16, 5, 2), (32, 3, 2))


@keras.saving.register_keras_serializable(package="zoo")
class ClipGrids(keras.layers.Layer):
    """Convolutions with ReLU over each frame by itself, which keep where things are.

    Args:
        blocks: a row `(filters, kernel size, stride)` for each convolution.

    Input `[batch, time, height, width, channels]`, output `[batch, time, height / reduction, width
    / reduction, output_size]`, rounded up.

    Raises:
        ConfigError: without blocks.

    Example:

    >>> import keras
    >>> tuple(ClipGrids([(4, 3, 2), (5, 3, 2)])(keras.ops.ones((2, 3, 8, 12, 1))).shape)
    (2, 3, 2, 3, 5)
    """

    is_causal = True

    def __init__(self, blocks: Sequence[Sequence[int]] = BLOCKS, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [tuple(int(number) for number in block) for block in blocks]
        if not self.blocks:
            raise ConfigError("ClipGrids are at least one convolution, and blocks is empty.")
        self.convolutions = [
            keras.layers.Conv2D(
                filters,
                size,
                strides=stride,
                padding="same",
                activation="relu",
                kernel_initializer="he_normal",
                data_format="channels_last",
                name=f"convolution_{number}",
            )
            for number, (filters, size, stride) in enumerate(self.blocks)
        ]

    @property
    def output_size(self) -> int:
        """Channels of a grid."""
        return self.blocks[-1][0]

    @property
    def reduction(self) -> int:
        """Pixels along each axis from one place of a grid to the next."""
        product = 1
        for _, _, stride in self.blocks:
            product *= stride
        return product

    def build(self, input_shape):
        shape = (None, *input_shape[2:])
        for convolution in self.convolutions:
            build_once(convolution, shape)
            shape = convolution.compute_output_shape(shape)

    def call(self, clips):
        time = ops.shape(clips)[1]
        frames = as_frames(clips)
        for convolution in self.convolutions:
            frames = convolution(frames)
        return as_steps(frames, time)

    def compute_output_shape(self, input_shape):
        shape = (None, *input_shape[2:])
        for convolution in self.convolutions:
            shape = convolution.compute_output_shape(shape)
        return (*input_shape[:2], *shape[1:])

    def get_config(self):
        return {**super().get_config(), "blocks": self.blocks}
