"""From photographs to a memory that a decoder starts from, or that attention can ask."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once

_POOLINGS = ("none", "mean")


@keras.saving.register_keras_serializable(package="zoo")
class ImageEncoder(keras.layers.Layer):
    """A convolutional network whose grid of features is the memory.

    Each cell of the grid becomes a place of the memory, row by row (Xu et al. 2015,
    arXiv:1502.03044, section 3.1.1), or their mean the only one (Vinyals et al. 2015,
    arXiv:1411.4555). A network that is not trained gives the same grid for a photograph in every
    epoch: grids, or their means as grids of one cell, may be kept and given in place of the
    photographs, which are told from them by their three channels.

    Args:
        backbone: a layer from images to a grid, with `output_size`, such as
            `zoo.layers.EfficientNetLite`.
        pooling: "none": every cell; "mean": their mean.
        size: width to which the features are brought, by a rectified linear layer. None: they stay
            as they are.
        dropout: fraction dropped of the features, and of the memory after the linear layer.
        train_backbone: whether the weights of the backbone are trained, too.

    Raises:
        ValueError: for another pooling, or a backbone whose grid has three channels.
    """

    def __init__(
        self,
        backbone,
        pooling: str = "none",
        size: int | None = None,
        dropout: float = 0.0,
        train_backbone: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if pooling not in _POOLINGS:
            raise ValueError(f"pooling is one of {', '.join(_POOLINGS)}, not {pooling!r}.")
        if backbone.output_size == 3:
            raise ValueError("A grid of three channels cannot be told from an image.")
        self.backbone = backbone
        self.pooling = pooling
        self.size = size
        self.dropout = dropout
        self.train_backbone = train_backbone
        self.feature_dropout = keras.layers.Dropout(dropout)
        self.projection = self.memory_dropout = None
        if size is not None:
            self.projection = keras.layers.Dense(size, activation="relu", name="projection")
            self.memory_dropout = keras.layers.Dropout(dropout)

    @property
    def output_size(self) -> int:
        """Width of the memory."""
        return self.size or self.backbone.output_size

    def build(self, input_shape=None):
        """Builds; what is read, images or grids, makes no difference."""
        build_once(self.backbone, (None, None, None, 3))
        self.backbone.trainable = self.train_backbone  # of the layers, too, that it has built now
        if self.projection is not None:
            build_once(self.projection, (None, None, self.backbone.output_size))

    def call(self, images, training=False):
        """Encodes.

        Args:
            images: `[batch, height, width, 3]`, as the backbone takes them, or grids `[batch,
                rows, columns, features]` that it gave.
            training: whether dropout is on.

        Returns:
            Memory `[batch, cells, output_size]` and its mask, bool `[batch, cells]`, all True.
        """
        grid = images
        if images.shape[-1] == 3:
            grid = self.backbone(images, training=training)
        batch, rows, columns = ops.shape(grid)[:3]
        memory = ops.reshape(grid, (batch, rows * columns, grid.shape[-1]))
        memory = ops.cast(memory, self.compute_dtype)
        if self.pooling == "mean":
            memory = ops.mean(memory, axis=1, keepdims=True)
        memory = self.feature_dropout(memory, training=training)
        if self.projection is not None:
            memory = self.memory_dropout(self.projection(memory), training=training)
        return memory, ops.ones(ops.shape(memory)[:2], dtype="bool")

    def compute_mask(self, *args, **kwargs):
        """None: the mask is returned beside the memory."""

    def compute_output_shape(self, input_shape):
        shape = input_shape
        if len(shape) != 4:  # It was built without a word of what it reads, as `build` allows.
            shape = (None, None, None, self.backbone.output_size)
        if shape[-1] == 3:
            shape = self.backbone.compute_output_shape(shape)
        batch, rows, columns, _ = shape
        cells = None if rows is None or columns is None else rows * columns
        cells = 1 if self.pooling == "mean" else cells
        return (batch, cells, self.output_size), (batch, cells)

    def get_config(self):
        return {
            **super().get_config(),
            "backbone": keras.saving.serialize_keras_object(self.backbone),
            "pooling": self.pooling,
            "size": self.size,
            "dropout": self.dropout,
            "train_backbone": self.train_backbone,
        }

    @classmethod
    def from_config(cls, config):
        backbone = keras.saving.deserialize_keras_object(config["backbone"])
        return cls(**{**config, "backbone": backbone})
