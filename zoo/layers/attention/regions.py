"""Attention over regions of a grid whose places and sizes are learnt."""

from __future__ import annotations

import math

import keras
from keras import ops

from zoo.layers.attention.attention import Attention

_DEVIATION = 0.5  # of the windows, in cells
_LEAST = 1e-4  # of its own cell that a region sees, wherever it lies


@keras.saving.register_keras_serializable(package="zoo")
class RegionAttention(Attention):
    """Each cell of a grid proposes a region, and the query chooses among the regions.

    From the features `m` of a cell at row `r` and column `c` come a shift and a scale of a
    region's rows and columns, `[t_y, t_x, s_y, s_x] = m L + l`. The region is 3 x 3 points, at

        y = r + t_y + k exp(s_y),  x = c + t_x + k exp(s_x),  k = -1, 0, 1

    and its features are the mean over the points of the memory interpolated there. These are the
    regions of the spatial transformer in Pedersoli et al. 2017 (Areas of attention,
    arXiv:1612.01033, section 3.3), and as there a query is compared with a region by a bilinear
    form, here factored through `units`. Interpolation is by the Gaussian windows of Gregor et al.
    2015 (DRAW, arXiv:1502.04623, eqs. 25 and 26) with a deviation of half a cell, since bilinear
    interpolation has no gradient beyond the next cell. Before training, a region is a cell and its
    eight neighbours.

    Since interpolation is linear, looking at regions is looking at cells: the weights that `call`
    gives are those of cells, and the context is their mean of the memory.

    Args:
        units: width of the space where query and region meet.
        rows: rows of the grid that the memory holds row by row. None: the grid is as square as its
            number of cells allows, 7 x 7 for 49.

    See `Attention` for what `precompute` and `call` take and give. Padded cells propose no region
    and are not seen by the others'.
    """

    def __init__(self, units: int, rows: int | None = None, **kwargs):
        super().__init__(units, **kwargs)
        self.rows = rows

    def build(self, input_shapes):
        query_shape, memory_shape = input_shapes
        self.query_kernel = self.add_weight(
            name="query_kernel", shape=(query_shape[-1], self.units)
        )
        self.region_kernel = self.add_weight(
            name="region_kernel", shape=(memory_shape[-1], self.units)
        )
        self.place_kernel = self.add_weight(
            name="place_kernel", shape=(memory_shape[-1], 4), initializer="zeros"
        )
        self.place_bias = self.add_weight(name="place_bias", shape=(4,), initializer="zeros")

    def precompute(self, memory, mask=None):
        """What depends on the memory alone.

        Args:
            memory: `[batch, cells, features]`, a grid row by row.
            mask: bool `[batch, cells]`, True = real; None: all are.

        Returns:
            The memory, keys of the regions `[batch, cells, units]`, the mask as `[batch, 1, cells]`
            of 0 and 1, and how much each region sees of each cell, `[batch, cells, cells]`.
        """
        if mask is None:
            mask = ops.ones(ops.shape(memory)[:2], dtype="bool")
        mask = ops.cast(ops.expand_dims(mask, 1), memory.dtype)
        memory = memory * ops.transpose(mask, (0, 2, 1))
        seen = self._seen(memory, mask)
        return memory, self.keys(ops.matmul(seen, memory)), mask, seen

    def keys(self, memory):
        return ops.matmul(memory, ops.cast(self.region_kernel, memory.dtype))

    def scores(self, query, keys):
        query = ops.matmul(query, ops.cast(self.query_kernel, query.dtype))
        return ops.matmul(query * self.units**-0.5, ops.transpose(keys, (0, 2, 1)))

    def call(self, query, precomputed):
        memory, keys, mask, seen = precomputed
        scores = self.scores(query, keys)
        regions = ops.softmax(scores + (mask - 1) * 3e4, axis=-1) * mask
        weights = ops.matmul(regions, seen)
        return ops.matmul(weights, memory), weights

    def _seen(self, memory, mask):
        """How much each region sees of each cell, `[batch, cells, cells]`; rows sum to 1."""
        cells = memory.shape[1]
        if cells is None:
            raise ValueError("RegionAttention wants a grid of a known size, not of any.")
        rows = self.rows or max(n for n in range(1, math.isqrt(cells) + 1) if cells % n == 0)
        if cells % rows:
            raise ValueError(f"A memory of {cells} cells is no grid of {rows} rows.")
        columns = cells // rows
        places = ops.matmul(memory, ops.cast(self.place_kernel, memory.dtype))
        places = ops.cast(places, "float32") + self.place_bias
        number = ops.arange(cells, dtype="int32")
        by_row = self._line(number // columns, places[..., 0], places[..., 2], rows)
        by_column = self._line(number % columns, places[..., 1], places[..., 3], columns)
        seen = ops.expand_dims(by_row, -1) * ops.expand_dims(by_column, -2)
        seen = ops.reshape(seen, (-1, cells, cells)) + _LEAST * ops.eye(cells)
        seen = seen * ops.cast(mask, "float32")
        # A region that sees no real cell has nothing to see: its row stays 0.
        total = ops.maximum(ops.sum(seen, axis=-1, keepdims=True), _LEAST / 10)
        return ops.cast(seen / total, memory.dtype)

    @staticmethod
    def _line(start, shift, scale, size):
        """The mean over three points on a line of how near each is to each of `size` places.

        Args:
            start: int `[cells]`.
            shift: `[batch, cells]`.
            scale: `[batch, cells]`, logarithm of the distance of the points.

        Returns:
            float32 `[batch, cells, size]`; the last axis sums to 1.
        """
        middle = ops.cast(start, "float32") + shift
        step = ops.exp(ops.clip(scale, -5.0, 5.0))
        points = ops.stack([middle - step, middle, middle + step], axis=-1)
        distance = ops.expand_dims(points, -1) - ops.arange(size, dtype="float32")
        # Points beyond the grid see its edge.
        return ops.mean(ops.softmax(-ops.square(distance / _DEVIATION) / 2, axis=-1), axis=-2)

    def get_config(self):
        return {**super().get_config(), "rows": self.rows}
