"""The simple recurrent cell of Elman, with tanh or ReLU."""

from __future__ import annotations

import keras
from keras import ops

from zoo.backend.gradients import tanh_gradient
from zoo.cells.recurrent_cell import RecurrentCell


@keras.saving.register_keras_serializable(package="zoo")
class SimpleRNNCell(RecurrentCell):
    """`h_t = f(x_t W + b + h_{t-1} U)` with `f` tanh or ReLU (Elman 1990).

    Args:
        units: width of the state.
        activation: `"tanh"` or `"relu"`. With ReLU the recurrent kernel starts as the identity
            unless told otherwise (IRNN; Le, Jaitly and Hinton 2015, arXiv:1504.00941).
        **kwargs: see `RecurrentCell`.

    Inputs `[batch, features]`, states `[h]` of `[batch, units]`.

    Raises:
        ValueError: for another activation.

    Example:

    >>> import keras
    >>> cell = SimpleRNNCell(3, activation="relu")
    >>> output, states = cell(keras.ops.ones((2, 4)), cell.get_initial_state(2))
    >>> tuple(output.shape)
    (2, 3)
    """

    def __init__(self, units: int, activation: str = "tanh", **kwargs):
        if activation not in ("tanh", "relu"):
            raise ValueError(
                f"SimpleRNNCell knows the activations 'tanh' and 'relu', not {activation!r}."
            )
        if activation == "relu":
            kwargs.setdefault("recurrent_initializer", "identity")
        super().__init__(units, **kwargs)
        self.activation = activation

    def gates(self, projected, recurrent, states):
        hidden = getattr(ops, self.activation)(projected + recurrent)
        return (hidden,), (hidden,)

    def gates_gradient(self, saved, states, new_gradients):
        (hidden,), (d_hidden,) = saved, new_gradients
        if self.activation == "tanh":
            d_sum = tanh_gradient(hidden, d_hidden)
        else:
            d_sum = d_hidden * ops.cast(hidden > 0, hidden.dtype)
        return d_sum, d_sum, (None,)

    def get_config(self):
        return {**super().get_config(), "activation": self.activation}
