"""From photographs to a grid of features, by a network small enough to ride in a model's file."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from zoo.layers.build_once import build_once
from zoo.layers.inverted_residual import InvertedResidual

# Kernel, stride, expansion, filters of the blocks of EfficientNet-Lite0.
LITE0 = (
    (3, 1, 1, 16),
    *((3, 2, 6, 24), (3, 1, 6, 24)),
    *((5, 2, 6, 40), (5, 1, 6, 40)),
    *((3, 2, 6, 80), (3, 1, 6, 80), (3, 1, 6, 80)),
    *((5, 1, 6, 112), (5, 1, 6, 112), (5, 1, 6, 112)),
    *((5, 2, 6, 192), (5, 1, 6, 192), (5, 1, 6, 192), (5, 1, 6, 192)),
    (3, 1, 6, 320),
)


@keras.saving.register_keras_serializable(package="zoo")
class EfficientNetLite(keras.layers.Layer):
    """EfficientNet-Lite without its classifier.

    Tan and Le 2019 (arXiv:1905.11946, table 1) in the "lite" form that Google published in 2020:
    no squeeze-and-excitation, ReLU6 for swish. The batch norms, which use the statistics of
    ImageNet also where the network is trained further, are folded into the convolutions before
    them: kernel `k * gamma / sqrt(variance + epsilon)`, bias `beta - mean * gamma /
    sqrt(variance + epsilon)`. That is exact but for rounding, halves the number of layers, and
    leaves nothing that behaves otherwise in training.

    Args:
        blocks: a row `(kernel size, stride, expansion, filters)` for each block.
        stem_filters: channels of the first convolution, 3 x 3 with stride 2.
        head_filters: channels of the last convolution, 1 x 1. 0: there is none, and the output is
            that of the last block.

    Input: images `[batch, height, width, 3]`, RGB, uint8 or float from 0 to 255; they are brought
    to `(x - 127) / 128`. Output: `[batch, height / 32, width / 32, channels]`, rounded up.

    Raises:
        ValueError: without blocks.

    Example:

    >>> import numpy as np
    >>> network = EfficientNetLite(blocks=[(3, 2, 1, 4)], stem_filters=4, head_filters=8)
    >>> tuple(network(np.zeros((2, 16, 16, 3), "uint8")).shape)
    (2, 4, 4, 8)
    """

    def __init__(
        self,
        blocks: Sequence[Sequence[int]] = LITE0,
        stem_filters: int = 32,
        head_filters: int = 1280,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not blocks:
            raise ValueError("EfficientNetLite wants at least one block.")
        self.blocks = [tuple(block) for block in blocks]
        self.stem_filters = stem_filters
        self.head_filters = head_filters
        self.stem = keras.layers.Conv2D(
            stem_filters,
            3,
            strides=2,
            padding="same",
            activation="relu6",
            data_format="channels_last",
            name="stem",
        )
        self.residuals = [
            InvertedResidual(filters, kernel, stride, expansion, name=f"block_{i:02}")
            for i, (kernel, stride, expansion, filters) in enumerate(self.blocks)
        ]
        self.head = None
        if head_filters:
            self.head = keras.layers.Conv2D(
                head_filters, 1, activation="relu6", data_format="channels_last", name="head"
            )

    @property
    def output_size(self) -> int:
        """Channels of the grid."""
        return self.head_filters or self.blocks[-1][3]

    def build(self, input_shape):
        shape = (None, None, None, input_shape[-1])
        for layer in (self.stem, *self.residuals, self.head):
            if layer is not None:
                build_once(layer, shape)
                shape = layer.compute_output_shape(shape)

    def call(self, images):
        """Images `[batch, height, width, 3]`, 0 to 255, to the grid."""
        hidden = self.stem((ops.cast(images, self.compute_dtype) - 127) / 128)
        for block in self.residuals:
            hidden = block(hidden)
        return hidden if self.head is None else self.head(hidden)

    def compute_output_shape(self, input_shape):
        batch, *sides, _ = input_shape
        for stride in (2, *(block[1] for block in self.blocks)):
            sides = [None if side is None else -(-side // stride) for side in sides]
        return (batch, *sides, self.output_size)

    def get_config(self):
        return {
            **super().get_config(),
            "blocks": self.blocks,
            "stem_filters": self.stem_filters,
            "head_filters": self.head_filters,
        }
