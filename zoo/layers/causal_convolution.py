"""Convolution over time that sees no later step."""

from __future__ import annotations

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.causal_stack import last_steps


@keras.saving.register_keras_serializable(package="zoo")
class CausalConvolution(keras.layers.Layer):
    """A dilated convolution of each step with steps before it, its weights normalised.

        y_t = b + sum over i < kernel_size of x_{t - (kernel_size - 1 - i) dilation} W_i
        W = g v / |v|, for each feature of the output

    as in van den Oord et al. 2016 (arXiv:1609.03499) and Salimans and Kingma 2016
    (arXiv:1602.07868, eq. 2). All taps of all steps are one matrix product.

    Args:
        units: width of the output.
        kernel_size: taps, at least 2.
        dilation: steps from one tap to the next.

    Raises:
        ConfigError: for fewer than two taps.
    """

    def __init__(self, units: int, kernel_size: int = 3, dilation: int = 1, **kwargs):
        super().__init__(**kwargs)
        if kernel_size < 2:
            raise ConfigError(
                f"A convolution over time has a kernel of 2 or more, not {kernel_size}."
            )
        self.units = units
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.supports_masking = True

    @property
    def output_size(self) -> int:
        """Width of the output."""
        return self.units

    @property
    def carried(self) -> int:
        """How many steps before the first one are seen."""
        return (self.kernel_size - 1) * self.dilation

    @property
    def state_shapes(self) -> list[tuple[int, ...]]:
        """The state: the last inputs."""
        return [(self.carried, self.directions.shape[1])]

    def build(self, input_shape):
        shape = (self.kernel_size, input_shape[-1], self.units)
        # Only where it points counts. A gain below 1 lets residual blocks begin near the identity.
        self.directions = self.add_weight(name="directions", shape=shape, initializer="he_normal")
        self.gains = self.add_weight(
            name="gains", shape=(self.units,), initializer=keras.initializers.Constant(3**-0.5)
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def kernel(self):
        """The weights as they are applied, `[kernel_size, features, units]`."""
        directions = ops.cast(self.directions, "float32")
        norms = ops.sqrt(ops.sum(ops.square(directions), axis=(0, 1)))
        return ops.cast(directions * (ops.cast(self.gains, "float32") / norms), self.compute_dtype)

    def call(self, inputs, state, lengths=None, training=False):
        """`[batch, time, features]` to `[batch, time, units]`; see `CausalStack` for the rest."""
        steps = ops.concatenate([state[0], inputs], axis=1)
        taps = [
            steps[:, i * self.dilation : i * self.dilation - self.carried or None]
            for i in range(self.kernel_size)
        ]
        kernel = ops.reshape(self.kernel(), (-1, self.units))
        outputs = ops.matmul(ops.concatenate(taps, axis=-1), kernel)
        outputs = outputs + ops.cast(self.bias, outputs.dtype)
        return outputs, [last_steps(steps, lengths, self.carried)]

    def compute_output_shape(self, input_shape):
        states = [(input_shape[0], *shape) for shape in self.state_shapes]
        return (*input_shape[:-1], self.units), states

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "kernel_size": self.kernel_size,
            "dilation": self.dilation,
        }
