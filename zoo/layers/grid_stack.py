"""Layers over grids on top of each other, each on a coarser grid than the one below it."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.mdlstm import MDLSTM


@keras.saving.register_keras_serializable(package="zoo")
class GridStack(keras.layers.Layer):
    """`MDLSTM` layers, and between two of them a tanh layer over blocks of 2 x 2 cells.

    The hierarchy of Graves and Schmidhuber 2009 ("Offline handwriting recognition with
    multidimensional recurrent neural networks", section 2.3): above, a cell stands for a block of
    the grid below. A body like `RecurrentStack` for what has no time.

    Args:
        units: of each direction of each layer, the lowest first.
        widths: of each layer between two, one fewer.
        dropout: fraction of the features dropped before each layer but the lowest.

    Inputs `[batch, rows, columns, features]`; outputs `[batch, cells, 4 * units]`, the cells of the
    highest grid from left to right and then from top to bottom, and an empty list of states. A row
    or column that fills no block is left out.

    Raises:
        ConfigError: without units, or with another number of widths.
    """

    def __init__(
        self, units: Sequence[int], widths: Sequence[int] = (), dropout: float = 0.0, **kwargs
    ):
        super().__init__(**kwargs)
        if not units or len(widths) != len(units) - 1:
            raise ConfigError(
                f"A GridStack of {len(units)} layers has a width between each two of them, not "
                f"{len(widths)} widths."
            )
        self.units, self.widths, self.dropout = list(units), list(widths), dropout
        dtype = self.dtype_policy
        self.layers = [MDLSTM(count, dtype=dtype) for count in self.units]
        self.blocks = [
            keras.layers.Dense(width, activation="tanh", dtype=dtype) for width in self.widths
        ]
        self.dropout_layers = [keras.layers.Dropout(dropout, dtype=dtype) for _ in self.widths]

    @property
    def output_size(self) -> int:
        """Width of the highest layer's outputs."""
        return self.layers[-1].output_size

    def build(self, input_shape):
        shape = (None, None, None, input_shape[-1])
        for number, layer in enumerate(self.layers):
            if number:
                block = self.blocks[number - 1]
                build_once(block, (*shape[:3], 4 * shape[-1]))
                shape = (*shape[:3], block.units)
            build_once(layer, shape)
            shape = (*shape[:3], layer.output_size)

    def call(self, inputs, mask=None, training=False):
        """`[batch, rows, columns, features]` to `[batch, cells, features]` and no states."""
        for number, layer in enumerate(self.layers):
            if number:
                inputs = self.blocks[number - 1](_in_blocks(inputs))
                inputs = self.dropout_layers[number - 1](inputs, training=training)
            inputs = layer(inputs, training=training)
        rows, columns = ops.shape(inputs)[1:3]
        return ops.reshape(inputs, (-1, rows * columns, self.output_size)), []

    def compute_output_shape(self, input_shape):
        cells = None
        if len(input_shape) == 4 and None not in input_shape[1:3]:
            rows, columns = (size >> len(self.widths) for size in input_shape[1:3])
            cells = rows * columns
        return (input_shape[0], cells, self.output_size), []

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "widths": self.widths,
            "dropout": self.dropout,
        }


def _in_blocks(grid):
    """`[batch, rows, columns, features]` to `[batch, rows // 2, columns // 2, 4 * features]`."""
    _, rows, columns, features = ops.shape(grid)
    rows, columns = rows // 2, columns // 2
    grid = ops.reshape(grid[:, : 2 * rows, : 2 * columns], (-1, rows, 2, columns, 2, features))
    grid = ops.transpose(grid, (0, 1, 3, 2, 4, 5))
    return ops.reshape(grid, (-1, rows, columns, 4 * features))
