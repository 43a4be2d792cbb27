"""The gated recurrent unit."""

from __future__ import annotations

import keras
from keras import ops

from zoo.backend.gradients import sigmoid_gradient, tanh_gradient
from zoo.cells.recurrent_cell import RecurrentCell


@keras.saving.register_keras_serializable(package="zoo")
class GRUCell(RecurrentCell):
    """GRU (Cho et al. 2014, arXiv:1406.1078), reset gate after the recurrent product.

    With `x_t W + b` and `h_{t-1} U + b'`, each cut in three blocks `z, r, n`:

        z = sigmoid(x_z + h_z),  r = sigmoid(x_r + h_r),  n = tanh(x_n + r * h_n)
        h_t = z * h_{t-1} + (1 - z) * n

    This is the variant of cuDNN, of `keras.layers.GRU(reset_after=True)`, whose block order it has,
    and of PyTorch.

    Args:
        units: width of the state.
        **kwargs: see `RecurrentCell`.

    Inputs `[batch, features]`, states `[h]` of `[batch, units]`.

    Example:

    >>> import keras
    >>> cell = GRUCell(3)
    >>> output, states = cell(keras.ops.ones((2, 4)), cell.get_initial_state(2))
    >>> tuple(output.shape)
    (2, 3)
    """

    gate_count = 3
    has_recurrent_bias = True
    gate_names = ("z", "r", None, None)

    def gates(self, projected, recurrent, states):
        x_z, x_r, x_n = ops.split(projected, 3, axis=-1)
        h_z, h_r, h_n = ops.split(recurrent, 3, axis=-1)
        z, r = ops.sigmoid(x_z + h_z), ops.sigmoid(x_r + h_r)
        n = ops.tanh(x_n + r * h_n)
        return (n + z * (states[0] - n),), (z, r, n, h_n)

    def gates_gradient(self, saved, states, new_gradients):
        z, r, n, h_n = saved
        (d_h,) = new_gradients
        d_kept = d_h * z
        d_n = tanh_gradient(n, d_h - d_kept)
        d_z = sigmoid_gradient(z, d_h * (states[0] - n))
        d_r = sigmoid_gradient(r, d_n * h_n)
        projected = ops.concatenate([d_z, d_r, d_n], axis=-1)
        recurrent = ops.concatenate([d_z, d_r, d_n * r], axis=-1)
        return projected, recurrent, (d_kept,)
