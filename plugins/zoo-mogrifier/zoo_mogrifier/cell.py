"""One step of a Mogrifier LSTM."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="zoo_mogrifier")
class MogrifierLSTMCell(keras.layers.Layer):
    """LSTM whose input and state first scale each other (Melis et al. 2020, arXiv:1909.01792, 2).

    In rounds i = 1, 2, ..., starting from the input x and the last output h,

        x = 2 sigmoid(Q_i h) * x    for odd i,
        h = 2 sigmoid(R_i x) * h    for even i,

    and then an LSTM step of what came of them, with gates in the order i, f, g, o.

    Args:
        units: width of the output and of each state.
        rounds: how often input and state scale each other; 0 is a plain LSTM.

    Call arguments:
        inputs: float `[batch, features]`.
        states: `[h, c]`, each float `[batch, units]`.

    Returns:
        `(h, [h, c])`, each float `[batch, units]`.

    >>> layer = keras.layers.RNN(MogrifierLSTMCell(4))
    >>> tuple(layer(ops.ones((2, 7, 3))).shape)
    (2, 4)
    """

    def __init__(self, units, rounds=5, **kwargs):
        super().__init__(**kwargs)
        if units < 1:
            raise ValueError(f"units must be 1 or more, not {units}.")
        if rounds < 0:
            raise ValueError(f"rounds must be 0 or more, not {rounds}.")
        self.units = units
        self.rounds = rounds
        self.state_size = [units, units]
        self.output_size = units

    def build(self, input_shape):
        """Makes the weights for inputs `[batch, features]`."""
        features, units = input_shape[-1], self.units
        self.scales = [
            self.add_weight(
                name=f"scale_{i}",
                shape=(units, features) if i % 2 else (features, units),
                initializer="glorot_uniform",
            )
            for i in range(1, self.rounds + 1)
        ]
        self.kernel = self.add_weight(name="kernel", shape=(features, 4 * units))
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(units, 4 * units), initializer="orthogonal"
        )
        self.bias = self.add_weight(name="bias", shape=(4, units), initializer="zeros")

    def call(self, inputs, states, training=False):
        """Returns `(h, [h, c])` for an input, `[batch, features]`."""
        hidden, cell = states
        for i, scale in enumerate(self.scales, start=1):
            scale = ops.cast(scale, inputs.dtype)
            if i % 2:
                inputs = 2 * ops.sigmoid(ops.matmul(hidden, scale)) * inputs
            else:
                hidden = 2 * ops.sigmoid(ops.matmul(inputs, scale)) * hidden
        kernel, recurrent = (
            ops.cast(w, inputs.dtype) for w in (self.kernel, self.recurrent_kernel)
        )
        gates = ops.matmul(inputs, kernel) + ops.matmul(hidden, recurrent)
        i, f, g, o = ops.split(gates + ops.cast(ops.reshape(self.bias, (-1,)), gates.dtype), 4, -1)
        # The forget gate starts open (Jozefowicz et al. 2015).
        cell = ops.sigmoid(f + 1) * cell + ops.sigmoid(i) * ops.tanh(g)
        hidden = ops.sigmoid(o) * ops.tanh(cell)
        return hidden, [hidden, cell]

    def get_config(self):
        """Returns the arguments that make this cell again."""
        return {**super().get_config(), "units": self.units, "rounds": self.rounds}
