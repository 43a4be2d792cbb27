"""LSTM over a grid: every cell of it reads its neighbours, from all four corners."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.grid_recurrence import fused_grid, plain_grid

_DIRECTIONS = ((False, False), (False, True), (True, False), (True, True))  # rows, columns turned
_IN_A_ROW = 4  # grids of a strip: while one ends at the bottom, the next begins at the top


@keras.saving.register_keras_serializable(package="zoo")
class MDLSTM(keras.layers.Layer):
    """A two-dimensional LSTM in four directions (Graves et al. 2007, arXiv:0705.2011, section 3).

    From the top left corner, the cell at row `r` and column `s` reads its input and the states at
    its left and above it, each with a forget gate of its own. With the five blocks `i, f, e, g, o`
    of `a = x W + b + h_{r,s-1} U + h_{r-1,s} V`:

        c_{r,s} = sigmoid(i) * tanh(g) + sigmoid(f) * c_{r,s-1} + sigmoid(e) * c_{r-1,s}
        h_{r,s} = sigmoid(o) * tanh(c_{r,s})

    States beyond the grid are zeros, and there are no peepholes. The same is done from the top
    right, the bottom left and the bottom right corner, with weights of their own, all at once. The
    cells of a diagonal do not need each other, so that a grid takes `rows + columns - 1` steps (as
    in van den Oord et al. 2016, arXiv:1601.06759, section 3.2); four grids stand side by side, so
    that few of the rows wait at their ends, which makes the forward pass 1.4 times as fast.
    Biases start at zero: with both forget gates open a state would double from diagonal to
    diagonal.

    Args:
        units: width of `h` and `c` of a direction.

    Inputs `[batch, rows, columns, features]`, outputs `[batch, rows, columns, 4 * units]`, a
    quarter for each corner in the order above.

    Raises:
        ValueError: if `units` is not positive.

    Example:

    >>> import keras
    >>> tuple(MDLSTM(3)(keras.ops.ones((2, 5, 7, 1))).shape)
    (2, 5, 7, 12)
    """

    def __init__(self, units: int, **kwargs):
        super().__init__(**kwargs)
        if int(units) != units or units < 1:
            raise ValueError(f"MDLSTM wants a positive number of units, not {units!r}.")
        self.units = int(units)
        self.output_size = len(_DIRECTIONS) * self.units

    def build(self, input_shape):
        features, width = input_shape[-1], 5 * self.units
        glorot, orthogonal = keras.initializers.GlorotUniform, keras.initializers.Orthogonal
        shape = (len(_DIRECTIONS), features, width)

        def each(make):
            """An initializer that draws the kernel of each corner by itself."""
            return lambda shape, dtype=None: ops.stack(
                [make()(shape[1:], dtype=dtype) for _ in range(shape[0])]
            )

        self.kernel = self.add_weight(name="kernel", shape=shape, initializer=each(glorot))
        shape = (len(_DIRECTIONS), self.units, width)
        self.left_kernel = self.add_weight(
            name="left_kernel", shape=shape, initializer=each(orthogonal)
        )
        self.above_kernel = self.add_weight(
            name="above_kernel", shape=shape, initializer=each(orthogonal)
        )
        shape = (len(_DIRECTIONS), 1, width)
        self.bias = self.add_weight(name="bias", shape=shape, initializer="zeros")

    def call(self, inputs, training=False):
        """`[batch, rows, columns, features]` to `[batch, rows, columns, 4 * units]`."""
        inputs = ops.cast(inputs, self.compute_dtype)
        batch, rows, columns = ops.shape(inputs)[:3]
        corners, features = len(_DIRECTIONS), inputs.shape[-1]
        missing = (_IN_A_ROW - batch % _IN_A_ROW) % _IN_A_ROW  # ONNX has no modulus of -batch
        filling = ops.zeros((missing, rows, columns, features), inputs.dtype)
        inputs = ops.concatenate([inputs, filling])
        turned = ops.stack([_turned(inputs, *direction) for direction in _DIRECTIONS])
        strips = _in_strips(ops.reshape(turned, (-1, rows, columns, features)))
        diagonals = _skewed(strips)
        count = _IN_A_ROW * columns + rows - 1
        diagonals = ops.reshape(diagonals, (corners, -1, rows, count, features))
        steps = ops.transpose(diagonals, (3, 0, 1, 2, 4))
        place = ops.expand_dims(ops.arange(count), 1) - ops.arange(rows)  # the column of each
        is_real = (place >= 0) & (place < _IN_A_ROW * columns)
        is_first = place % columns == 0
        masks = [
            ops.reshape(ops.cast(mask, inputs.dtype), (count, 1, 1, rows, 1))
            for mask in (is_real, ops.logical_not(is_first))
        ]
        kernels = [self.kernel, self.left_kernel, self.above_kernel]
        kernel = ops.cast(ops.concatenate(kernels, axis=1), inputs.dtype)
        bias = ops.cast(ops.convert_to_tensor(self.bias), inputs.dtype)
        # Without training the gradient is that of automatic differentiation: a SavedModel cannot
        # hold what the written-out one keeps.
        run = fused_grid if training else plain_grid
        outputs = run(steps, kernel, bias, *masks)
        outputs = ops.transpose(outputs, (1, 2, 3, 0, 4))
        outputs = ops.reshape(outputs, (-1, rows, count, self.units))
        outputs = _out_of_strips(_straight(outputs, _IN_A_ROW * columns), columns)
        outputs = ops.reshape(outputs, (corners, -1, rows, columns, self.units))[:, :batch]
        back = [_turned(outputs[n], *direction) for n, direction in enumerate(_DIRECTIONS)]
        return ops.concatenate(back, axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.output_size)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def _turned(grid, rows: bool, columns: bool):
    """A grid `[batch, rows, columns, ...]`, upside down, or left to right, or both."""
    axes = [axis for axis, is_turned in ((1, rows), (2, columns)) if is_turned]
    return ops.flip(grid, axis=axes) if axes else grid


def _in_strips(grids):
    """Puts each `_IN_A_ROW` grids `[batch, rows, columns, features]` side by side."""
    _, rows, columns, features = ops.shape(grids)
    grids = ops.reshape(grids, (-1, _IN_A_ROW, rows, columns, features))
    grids = ops.transpose(grids, (0, 2, 1, 3, 4))
    return ops.reshape(grids, (-1, rows, _IN_A_ROW * columns, features))


def _out_of_strips(strips, columns):
    """Undoes `_in_strips`."""
    _, rows, _, features = ops.shape(strips)
    strips = ops.reshape(strips, (-1, rows, _IN_A_ROW, columns, features))
    strips = ops.transpose(strips, (0, 2, 1, 3, 4))
    return ops.reshape(strips, (-1, rows, columns, features))


def _skewed(grid):
    """Moves row `r` of `[batch, rows, columns, features]` to the right by `r`.

    Returns:
        `[batch, rows, rows + columns - 1, features]`, whose columns are the grid's diagonals, zeros
        where these are beyond it.
    """
    _, rows, columns, features = ops.shape(grid)
    grid = ops.pad(grid, [(0, 0), (0, 0), (0, rows), (0, 0)])
    flat = ops.reshape(grid, (-1, rows * (rows + columns), features))
    flat = flat[:, : rows * (rows + columns - 1)]
    return ops.reshape(flat, (-1, rows, rows + columns - 1, features))


def _straight(diagonals, columns):
    """Undoes `_skewed`: `[batch, rows, rows + columns - 1, features]` to the grid."""
    _, rows, count, features = ops.shape(diagonals)
    flat = ops.reshape(diagonals, (-1, rows * count, features))
    flat = ops.pad(flat, [(0, 0), (0, rows), (0, 0)])
    return ops.reshape(flat, (-1, rows, count + 1, features))[:, :, :columns]
