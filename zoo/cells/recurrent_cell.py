"""What the zoo's own cells share: one matrix product of the input, one of the state, then gates.

Splitting a cell in `project`, `recur` and `gates` is what makes it fast: `zoo.layers.Recurrent`
runs `project` for all time steps in one product, or within its loop where that is faster, and with
`gates_gradient` computes each weight gradient in one product after the backward loop.
"""

from __future__ import annotations

import keras
from keras import ops


class RecurrentCell(keras.layers.Layer):
    """Base of cells with one input product, one recurrent product and element-wise gates.

    A subclass says how many gates it has and how they act:

    - `gate_count`: columns of the kernels, in units.
    - `state_count`: number of state tensors; the first is the output `h`.
    - `gates(projected, recurrent, states) -> (new_states, saved)`: element-wise equations.
      `projected` and `recurrent` are `[batch, gate_count * units]`, states `[batch, units]`;
      `saved` is a tuple of what the gradient wants.
    - `gate_names`, if it has gates in `[0, 1]`: for each of `saved`, its name, or None where it is
      no such gate. They follow from `projected`, `recurrent` and `h_{t-1}` alone.
    - `gates_gradient(saved, states, new_gradients) -> (projected, recurrent, states)`: gradients
      with respect to the three arguments of `gates`, given those of the new states; None for a
      state that `gates` does not read.

    Args:
        units: width of the state.
        kernel_initializer: of the input kernel `[features, gate_count * units]`.
        recurrent_initializer: of the recurrent kernel `[units, gate_count * units]`.

    Calling the cell, `cell(inputs, states)`, does one step, so that it also works in
    `keras.layers.RNN`.
    """

    gate_count = 1
    state_count = 1
    has_recurrent_bias = False
    gate_names: tuple[str | None, ...] = ()

    def __init__(
        self,
        units: int,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        if int(units) != units or units < 1:
            raise ValueError(
                f"{type(self).__name__} wants a positive number of units, not {units!r}."
            )
        self.units = int(units)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.state_size = [self.units] * self.state_count
        self.output_size = self.units

    def build(self, input_shape):
        width = self.gate_count * self.units
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], width), initializer=self.kernel_initializer
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, width),
            initializer=self.recurrent_initializer,
        )
        self.bias = self.add_weight(name="bias", shape=(width,), initializer=self._bias)
        if self.has_recurrent_bias:
            self.recurrent_bias = self.add_weight(
                name="recurrent_bias", shape=(width,), initializer="zeros"
            )
        else:
            self.recurrent_bias = None

    def _bias(self, shape, dtype=None):
        return ops.zeros(shape, dtype=dtype)

    def project(self, inputs):
        """`[..., features] -> [..., gate_count * units]`: independent of time, bias included."""
        projected = ops.matmul(inputs, ops.cast(self.kernel, inputs.dtype))
        return ops.add(projected, ops.cast(self.bias, inputs.dtype))

    def recur(self, hidden):
        """`[batch, units] -> [batch, gate_count * units]`: the only product inside the loop."""
        recurrent = ops.matmul(hidden, ops.cast(self.recurrent_kernel, hidden.dtype))
        if self.recurrent_bias is not None:
            recurrent = ops.add(recurrent, ops.cast(self.recurrent_bias, hidden.dtype))
        return recurrent

    def gates(self, projected, recurrent, states):
        raise NotImplementedError

    def gates_gradient(self, saved, states, new_gradients):
        raise NotImplementedError

    def step(self, projected, states):
        """One step from a projected input: `(output, new states)`."""
        new_states, _ = self.gates(projected, self.recur(states[0]), tuple(states))
        return new_states[0], list(new_states)

    def call(self, inputs, states, training=None):
        return self.step(self.project(inputs), states)

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in self.state_size]

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": keras.initializers.serialize(self.recurrent_initializer),
        }
