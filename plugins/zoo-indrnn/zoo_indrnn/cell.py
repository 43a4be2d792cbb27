"""One step of an independently recurrent network."""

import keras
from keras import ops

_GAMMA = 2.0  # how much a unit may grow over a sequence


@keras.saving.register_keras_serializable(package="zoo_indrnn")
class IndRNNCell(keras.layers.Layer):
    """Independently recurrent cell (Li et al. 2018, arXiv:1803.04831, eq. 4).

        h_t = relu(W x_t + u * h_{t-1} + b)

    with `u` a vector: each unit has one recurrent weight, for its own past. The recurrent weights
    start uniform in [0, 1], so that units remember for different times, and are kept in
    [-gamma^(1/T), gamma^(1/T)] with gamma = 2, so that over T steps neither a unit nor its gradient
    grows more than twofold. That bound is a Keras constraint: optimizers apply it after each step.

    Args:
        units: size of the output and of the state.
        sequence_length: T, the longest sequence that training will see; `None` for no limit, which
            makes the bound 1.

    Call arguments:
        inputs: float `[batch, features]`.
        states: one tensor, float `[batch, units]`.

    Returns:
        `(output, [output])`, the output float `[batch, units]`.

    >>> layer = keras.layers.RNN(IndRNNCell(4))
    >>> tuple(layer(ops.ones((2, 7, 3))).shape)
    (2, 4)
    """

    def __init__(self, units, sequence_length=None, **kwargs):
        super().__init__(**kwargs)
        if units < 1:
            raise ValueError(f"units must be 1 or more, not {units}.")
        if sequence_length is not None and sequence_length < 1:
            raise ValueError(f"sequence_length must be 1 or more, not {sequence_length}.")
        self.units = units
        self.sequence_length = sequence_length
        self.state_size = units
        self.output_size = units

    @property
    def bound(self):
        """The largest magnitude of a recurrent weight."""
        return 1.0 if self.sequence_length is None else _GAMMA ** (1 / self.sequence_length)

    def build(self, input_shape):
        """Makes the weights for inputs `[batch, features]`."""
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), initializer="he_normal"
        )
        self.recurrent = self.add_weight(
            name="recurrent",
            shape=(self.units,),
            initializer=keras.initializers.RandomUniform(0.0, 1.0),
            constraint=Within(self.bound),
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def project(self, inputs):
        """Returns W x + b, which is independent of time: `[..., features]` to `[..., units]`."""
        kernel, bias = ops.cast(self.kernel, inputs.dtype), ops.cast(self.bias, inputs.dtype)
        return ops.matmul(inputs, kernel) + bias

    def step(self, projected, states):
        """Returns `(output, new states)` for a projected input, `[batch, units]`."""
        (past,) = states if isinstance(states, (list, tuple)) else (states,)
        output = ops.relu(projected + ops.cast(self.recurrent, past.dtype) * past)
        return output, [output]

    def call(self, inputs, states, training=False):
        """Returns `(output, new states)` for an input, `[batch, features]`."""
        return self.step(self.project(inputs), states)

    def get_config(self):
        """Returns the arguments that make this cell again."""
        config = {"units": self.units, "sequence_length": self.sequence_length}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable(package="zoo_indrnn")
class Within(keras.constraints.Constraint):
    """Keeps weights in `[-bound, bound]`.

    Args:
        bound: the largest magnitude.
    """

    def __init__(self, bound):
        self.bound = bound

    def __call__(self, weights):
        """Returns the weights, clipped."""
        return ops.clip(weights, -self.bound, self.bound)

    def get_config(self):
        """Returns the arguments that make this constraint again."""
        return {"bound": self.bound}
