"""Small images as grids of patches, or as their patches in a row."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from zoo.errors import ConfigError


@keras.saving.register_keras_serializable(package="zoo")
class ImagePatches(keras.layers.Layer):
    """The grey values of an image, light on dark, from 0 to 1, by square patches.

    An image whose border is lighter than its middle grey, as ink on paper is, is turned into its
    negative: what is drawn is light in either case.

    Args:
        patch: pixels of a side of a patch; height and width of images are multiples of it.
        is_grid: whether patches stay where they are, `[batch, rows, columns, patch * patch]`; else
            they are in a row, from left to right and then from top to bottom, `[batch, rows *
            columns, patch * patch]`.
        permutation: of patches in a row, the seed of an order that they are put into (Le et al.
            2015, arXiv:1504.00941, section 4.2). None: they keep theirs.

    Inputs uint8 `[batch, height, width, 3]`, as `zoo.inputs.Images` gives them.

    Raises:
        ConfigError: if an image cannot be cut so.

    Example:

    >>> import keras
    >>> tuple(ImagePatches(2)(keras.ops.zeros((1, 28, 28, 3), "uint8")).shape)
    (1, 14, 14, 4)
    """

    def __init__(
        self, patch: int = 2, is_grid: bool = True, permutation: int | None = None, **kwargs
    ):
        super().__init__(**kwargs)
        self.patch = patch
        self.is_grid = is_grid
        self.permutation = permutation
        self.output_size = patch * patch
        self.order: np.ndarray | None = None

    def build(self, input_shape):
        height, width = input_shape[1:3]
        if height % self.patch or width % self.patch:
            raise ConfigError(
                f"An image of {height} x {width} pixels is not cut into patches of {self.patch} x "
                f"{self.patch}: take another size."
            )
        if self.permutation is not None and not self.is_grid:
            count = height * width // self.output_size
            self.order = np.random.default_rng(self.permutation).permutation(count)

    def call(self, images, training=False):
        """Uint8 `[batch, height, width, 3]` to patches, from 0 to 1."""
        _, height, width, _ = images.shape
        grey = ops.mean(ops.cast(images, "float32"), axis=-1) / 255
        sides = [grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]]
        border = ops.mean(ops.concatenate(sides, axis=1), axis=1)
        is_light = ops.reshape(border > 0.5, (-1, 1, 1))
        grey = ops.where(is_light, 1 - grey, grey)
        rows, columns = height // self.patch, width // self.patch
        patches = ops.reshape(grey, (-1, rows, self.patch, columns, self.patch))
        patches = ops.transpose(patches, (0, 1, 3, 2, 4))
        patches = ops.cast(patches, self.compute_dtype)
        if self.is_grid:
            return ops.reshape(patches, (-1, rows, columns, self.output_size))
        patches = ops.reshape(patches, (-1, rows * columns, self.output_size))
        return patches if self.order is None else ops.take(patches, self.order, axis=1)

    def compute_output_shape(self, input_shape):
        batch, height, width = input_shape[:3]
        rows, columns = height // self.patch, width // self.patch
        if self.is_grid:
            return (batch, rows, columns, self.output_size)
        return (batch, rows * columns, self.output_size)

    def get_config(self):
        return {
            **super().get_config(),
            "patch": self.patch,
            "is_grid": self.is_grid,
            "permutation": self.permutation,
        }
