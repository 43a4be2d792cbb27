"""Long short-term memory."""

from __future__ import annotations

import keras
from keras import ops

from zoo.backend.gradients import sigmoid_gradient, tanh_gradient
from zoo.cells.recurrent_cell import RecurrentCell


@keras.saving.register_keras_serializable(package="zoo")
class LSTMCell(RecurrentCell):
    """LSTM with forget gate (Hochreiter and Schmidhuber 1997; Gers et al. 2000).

    With `a = x_t W + b + h_{t-1} U` cut in four blocks `i, f, g, o`:

        c_t = sigmoid(f) * c_{t-1} + sigmoid(i) * tanh(g)
        h_t = sigmoid(o) * tanh(c_t)

    The order of the blocks is that of `keras.layers.LSTM`. The forget gate's bias starts at one
    (Jozefowicz et al. 2015).

    Args:
        units: width of `h` and `c`.
        **kwargs: see `RecurrentCell`.

    Inputs `[batch, features]`, states `[h, c]`, each `[batch, units]`.

    Example:

    >>> import keras
    >>> cell = LSTMCell(3)
    >>> output, (h, c) = cell(keras.ops.ones((2, 4)), cell.get_initial_state(2))
    >>> tuple(output.shape), tuple(c.shape)
    ((2, 3), (2, 3))
    """

    gate_count = 4
    state_count = 2
    gate_names = ("i", "f", None, "o", None)

    def _bias(self, shape, dtype=None):
        units = self.units
        return ops.concatenate(
            [
                ops.zeros((units,), dtype=dtype),
                ops.ones((units,), dtype=dtype),
                ops.zeros((2 * units,), dtype=dtype),
            ]
        )

    def gates(self, projected, recurrent, states):
        i, f, g, o = ops.split(projected + recurrent, 4, axis=-1)
        i, f, g, o = ops.sigmoid(i), ops.sigmoid(f), ops.tanh(g), ops.sigmoid(o)
        c = f * states[1] + i * g
        tanh_c = ops.tanh(c)
        return (o * tanh_c, c), (i, f, g, o, tanh_c)

    def gates_gradient(self, saved, states, new_gradients):
        i, f, g, o, tanh_c = saved
        d_h, d_c = new_gradients
        d_c = d_c + tanh_gradient(tanh_c, d_h * o)
        d_sum = ops.concatenate(
            [
                sigmoid_gradient(i, d_c * g),
                sigmoid_gradient(f, d_c * states[1]),
                tanh_gradient(g, d_c * i),
                sigmoid_gradient(o, d_h * tanh_c),
            ],
            axis=-1,
        )
        return d_sum, d_sum, (None, d_c * f)
