"""One step of a simple recurrent unit."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="zoo_sru")
class SRUCell(keras.layers.Layer):
    """Simple recurrent unit (Lei et al. 2018, arXiv:1709.02755, eq. 1 to 4).

        f_t = sigmoid(W_f x_t + v_f * c_{t-1} + b_f)
        c_t = f_t * c_{t-1} + (1 - f_t) * (W x_t)
        r_t = sigmoid(W_r x_t + v_r * c_{t-1} + b_r)
        h_t = r_t * c_t + (1 - r_t) * s x_t

    with vectors `v_f` and `v_r`, so that all matrix products are those of the input: `project`
    does them for the whole sequence, and a step is element-wise. Where input and output differ in
    width, the highway `s x_t` is a projection too; where they agree, `s` is sqrt(3), which keeps
    its variance (section 3.2, for a bias of 0).

    Args:
        units: width of the output and of the state.

    Call arguments:
        inputs: float `[batch, features]`.
        states: one tensor `c`, float `[batch, units]`.

    Returns:
        `(h, [c])`, each float `[batch, units]`.

    >>> layer = keras.layers.RNN(SRUCell(4))
    >>> tuple(layer(ops.ones((2, 7, 3))).shape)
    (2, 4)
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        if units < 1:
            raise ValueError(f"units must be 1 or more, not {units}.")
        self.units = units
        self.state_size = units
        self.output_size = units

    def build(self, input_shape):
        """Makes the weights for inputs `[batch, features]`."""
        features = input_shape[-1]
        self.same_width = features == self.units
        self.kernel = self.add_weight(
            name="kernel",
            shape=(features, (3 if self.same_width else 4) * self.units),
            initializer="glorot_uniform",
        )
        self.peephole = self.add_weight(name="peephole", shape=(2, self.units), initializer="zeros")
        self.bias = self.add_weight(name="bias", shape=(2, self.units), initializer="zeros")

    def project(self, inputs):
        """Returns `W x`, `W_f x + b_f`, `W_r x + b_r` and the highway: `[..., 4 * units]`."""
        products = ops.matmul(inputs, ops.cast(self.kernel, inputs.dtype))
        candidate, gates = products[..., : self.units], products[..., self.units : 3 * self.units]
        gates = gates + ops.cast(ops.reshape(self.bias, (-1,)), inputs.dtype)
        highway = inputs * 3**0.5 if self.same_width else products[..., 3 * self.units :]
        return ops.concatenate([candidate, gates, highway], axis=-1)

    def step(self, projected, states):
        """Returns `(h, [c])` for a projected input, `[batch, 4 * units]`."""
        (past,) = states if isinstance(states, (list, tuple)) else (states,)
        candidate, forget, reset, highway = ops.split(projected, 4, axis=-1)
        peephole = ops.cast(self.peephole, past.dtype)
        forget = ops.sigmoid(forget + peephole[0] * past)
        reset = ops.sigmoid(reset + peephole[1] * past)
        cell = candidate + forget * (past - candidate)
        return highway + reset * (cell - highway), [cell]

    def call(self, inputs, states, training=False):
        """Returns `(h, [c])` for an input, `[batch, features]`."""
        return self.step(self.project(inputs), states)

    def get_config(self):
        """Returns the arguments that make this cell again."""
        return {**super().get_config(), "units": self.units}
