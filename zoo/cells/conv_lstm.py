"""Convolutional long short-term memory: recurrence over grids."""

from __future__ import annotations

import keras
from keras import ops

from zoo.backend.gradients import add_bias
from zoo.cells.lstm import LSTMCell


@keras.saving.register_keras_serializable(package="zoo")
class ConvLSTMCell(LSTMCell):
    """LSTM whose products are convolutions (Shi et al. 2015, arXiv:1506.04214, eq. 3).

    With `a = x_t * W + b + h_{t-1} * U`, `*` a convolution that keeps the size of the grid, cut in
    four blocks `i, f, g, o` of channels:

        c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g)
        h_t = sigmoid(o) tanh(c_t)

    The peephole terms of the paper are left out, and the order of the blocks is that of
    `keras.layers.ConvLSTM2D`, whose weights these are. The forget gate's bias starts at one. A grid
    has as many axes as the input has between its first and its last: two of an image, one of a
    line, and none of a vector, of which this is the LSTM.

    Args:
        units: channels of `h` and `c`.
        kernel_size: places along each axis of the grid that a convolution sees, odd, so that none
            lies between two places.
        **kwargs: see `RecurrentCell`. The recurrent kernel is orthogonal as a matrix `[places *
            units, 4 * units]`.

    Inputs `[batch, height, width, channels]`, states `[h, c]`, each `[batch, height, width,
    units]`; the size of the grid is that which the cell is built for.

    Raises:
        ValueError: if `kernel_size` is no odd number above 0; when it is built, for a grid of an
            unknown size or of more than two axes.

    Example:

    >>> import keras
    >>> cell = ConvLSTMCell(3)
    >>> cell.build((None, 6, 8, 4))
    >>> output, (h, c) = cell(keras.ops.ones((2, 6, 8, 4)), cell.get_initial_state(2))
    >>> tuple(output.shape), tuple(c.shape), cell.state_size
    ((2, 6, 8, 3), (2, 6, 8, 3), [(6, 8, 3), (6, 8, 3)])
    """

    reads_grids = True  # and not vectors alone, see `zoo.layers.Placewise`
    gates_gradient = None  # type: ignore[assignment]  # the written-out one is of matrix products

    def __init__(self, units: int, kernel_size: int = 3, **kwargs):
        super().__init__(units, **kwargs)
        if int(kernel_size) != kernel_size or kernel_size < 1 or kernel_size % 2 == 0:
            raise ValueError(
                f"ConvLSTMCell wants an odd kernel_size of 1 or more, not {kernel_size!r}."
            )
        self.kernel_size = int(kernel_size)

    def build(self, input_shape):
        grid = tuple(input_shape[1:-1])
        if len(grid) > 2 or None in grid:
            raise ValueError(
                "ConvLSTMCell reads [batch, features], [batch, length, channels] or [batch, "
                f"height, width, channels], and is built for a grid of one size, not {input_shape}."
            )
        if grid:
            self.state_size = [(*grid, self.units)] * self.state_count
        places = (self.kernel_size,) * len(grid)
        width = self.gate_count * self.units
        for name, channels, initializer in (
            ("kernel", input_shape[-1], self.kernel_initializer),
            ("recurrent_kernel", self.units, self.recurrent_initializer),
        ):
            shape = (*places, channels, width)
            setattr(self, name, self.add_weight(name=name, shape=shape, initializer=initializer))
        self.bias = self.add_weight(name="bias", shape=(width,), initializer=self._bias)
        self.recurrent_bias = None

    def project(self, inputs):
        """`[..., height, width, channels] -> [..., height, width, 4 * units]`, bias included."""
        if self.kernel.ndim == 2:
            return super().project(inputs)
        grid = tuple(self.state_size[0][:-1])
        before = ops.shape(inputs)[: len(inputs.shape) - len(grid) - 1]
        rows = ops.reshape(inputs, (-1, *grid, inputs.shape[-1]))
        projected = add_bias(_convolved(rows, self.kernel), ops.cast(self.bias, self.compute_dtype))
        return ops.reshape(projected, (*before, *projected.shape[1:]))

    def recur(self, hidden):
        """`[batch, height, width, units] -> [batch, height, width, 4 * units]`."""
        if self.recurrent_kernel.ndim == 2:
            return super().recur(hidden)
        return _convolved(hidden, self.recurrent_kernel)

    def get_initial_state(self, batch_size=None):
        shapes = [(size,) if isinstance(size, int) else size for size in self.state_size]
        return [ops.zeros((batch_size, *shape), dtype=self.compute_dtype) for shape in shapes]

    def get_config(self):
        return {**super().get_config(), "kernel_size": self.kernel_size}


def _convolved(grids, kernel):
    kernel = ops.cast(kernel, grids.dtype)
    return ops.conv(grids, kernel, padding="same", data_format="channels_last")
