"""Cells with one fault each: `check_cell` finds all of them, and its message names the fault."""

from __future__ import annotations

import re

import keras
import numpy as np
import pytest
from keras import ops

from zoo.cells import GRUCell, LSTMCell
from zoo.testing import ContractError, check_cell


def registered(cls):
    return keras.saving.register_keras_serializable(package="faulty")(cls)


class Plain(keras.layers.Layer):
    """A simple cell without a split, to put faults into."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = self.output_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, self.units), name="recurrent")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def total(self, inputs, past):
        kernel, recurrent, bias = (
            ops.cast(w, inputs.dtype) for w in (self.kernel, self.recurrent, self.bias)
        )
        return ops.matmul(inputs, kernel) + ops.matmul(past, recurrent) + bias

    def call(self, inputs, states):
        new = ops.tanh(self.total(inputs, states[0]))
        return new, [new]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@registered
class RightPlain(Plain):
    pass


@registered
class NaNAtPadding(Plain):
    def call(self, inputs, states):
        length = ops.sqrt(ops.sum(inputs * inputs, axis=-1, keepdims=True))
        return super().call(inputs / length, states)


@registered
class NaNGradientAtPadding(Plain):
    """Zeros give zeros, and the quotient that is not taken has a gradient all the same."""

    def call(self, inputs, states):
        length = ops.sqrt(ops.sum(inputs**2, axis=-1, keepdims=True))
        return super().call(ops.where(length > 0, inputs / length, 0.0), states)


@registered
class NoGradientToInput(Plain):
    def call(self, inputs, states):
        return super().call(ops.stop_gradient(inputs), states)


@registered
class NoGradientToState(Plain):
    def call(self, inputs, states):
        return super().call(inputs, [ops.stop_gradient(state) for state in states])


@registered
class SlightlyWrongGate(LSTMCell):
    """One gate's gradient is 10 % too large."""

    gate = 0

    def gates_gradient(self, saved, states, new_gradients):
        d_sum, _, d_states = super().gates_gradient(saved, states, new_gradients)
        parts = ops.split(d_sum, 4, axis=-1)
        parts[self.gate] = parts[self.gate] * 1.1
        d_sum = ops.concatenate(parts, axis=-1)
        return d_sum, d_sum, d_states


@registered
class SlightlyWrongForgetGate(SlightlyWrongGate):
    gate = 1


@registered
class SlightlyWrongOutputGate(SlightlyWrongGate):
    gate = 3


@registered
class SlightlyWrongUpdateGate(GRUCell):
    def gates_gradient(self, saved, states, new_gradients):
        d_projected, d_recurrent, d_states = super().gates_gradient(saved, states, new_gradients)
        scale = np.repeat([1.1, 1.0, 1.0], self.units).astype("float32")
        return d_projected * scale, d_recurrent * scale, d_states


@registered
class SlightlyWrongStateGradient(LSTMCell):
    def gates_gradient(self, saved, states, new_gradients):
        d_projected, d_recurrent, (d_h, d_c) = super().gates_gradient(saved, states, new_gradients)
        return d_projected, d_recurrent, (d_h, d_c * 1.1)


@registered
class LosesASetting(Plain):
    """`scale` is an argument, and `get_config` does not have it."""

    def __init__(self, units, scale=1.0, **kwargs):
        super().__init__(units, **kwargs)
        self.scale = scale

    def call(self, inputs, states):
        return super().call(inputs * self.scale, states)


@registered
class LosesName(Plain):
    """`get_config` without `super()`: name, dtype and whether it is trained are lost."""

    def get_config(self):
        return {"units": self.units}


@registered
class BatchStatistics(Plain):
    """In training a row depends on the others."""

    def call(self, inputs, states, training=False):
        if training:
            inputs = inputs - ops.mean(inputs, axis=0, keepdims=True)
        return super().call(inputs, states)


@registered
class BatchNormalised(Plain):
    def build(self, input_shape):
        super().build(input_shape)
        self.norm = keras.layers.BatchNormalization(dtype=self.dtype_policy)
        self.norm.build(input_shape)

    def call(self, inputs, states, training=False):
        return super().call(self.norm(inputs, training=training), states)


@registered
class OnlyFloat32(Plain):
    """Has an operation without a float64 kind."""

    def call(self, inputs, states):
        if keras.backend.standardize_dtype(inputs.dtype) == "float64":
            raise TypeError("no kernel for double")
        return super().call(inputs, states)


@registered
class RoundsToFloat32(Plain):
    """Computes in float32 on the way, and gives float64."""

    def total(self, inputs, past):
        total = super().total(inputs, past)
        return ops.cast(ops.cast(total, "float32"), total.dtype)


@registered
class OneStateTooMany(Plain):
    def call(self, inputs, states):
        output, states = super().call(inputs, states)
        return output, [*states, output]


@registered
class WritesItsState(Plain):
    """Keeps what it saw on itself."""

    def call(self, inputs, states):
        output, states = super().call(inputs, states)
        past = getattr(self, "past", None)
        if past is not None and past.shape == output.shape:
            output = output + past
        self.past = ops.stop_gradient(output)
        return output, states


@registered
class ForgetsAWeight(Plain):
    def call(self, inputs, states):
        new = ops.tanh(self.total(inputs, states[0]) - ops.cast(self.bias, inputs.dtype))
        return new, [new]


FAULTS = [
    (NaNAtPadding, 7, "padding of zeros"),
    (NaNGradientAtPadding, 7, "gradient .* padding of zeros"),
    (NoGradientToInput, 10, "input"),
    (NoGradientToState, 10, "state"),
    (SlightlyWrongGate, 10, "slope"),
    (SlightlyWrongForgetGate, 10, "slope"),
    (SlightlyWrongOutputGate, 10, "slope"),
    (SlightlyWrongUpdateGate, 10, "slope"),
    (SlightlyWrongStateGradient, 10, "slope"),
    (LosesASetting, 9, "'scale'"),
    (LosesName, 9, "'dtype'|'name'"),
    (BatchStatistics, 4, "in training"),
    (BatchNormalised, 4, "in training"),
    (OnlyFloat32, 8, "float64"),
    (RoundsToFloat32, 8, "rounds to float32"),
    (OneStateTooMany, 2, "2 states instead of 1"),
    (WritesItsState, 4, ""),
    (ForgetsAWeight, 10, "bias"),
]


@pytest.mark.parametrize("cell, clause, names", FAULTS, ids=[fault[0].__name__ for fault in FAULTS])
def test_a_faulty_cell_is_caught(cell, clause, names):
    if cell in (OnlyFloat32, RoundsToFloat32) and keras.backend.backend() != "tensorflow":
        pytest.skip("Keras has no float64 on this backend")
    with pytest.raises(ContractError, match=f"^cell contract, clause {clause}: ") as caught:
        check_cell(cell)
    reason = str(caught.value).partition(" breaks it: ")[2]
    assert re.search(names, reason), reason
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("cell", [RightPlain, keras.layers.GRUCell])
def test_a_right_cell_passes(cell):
    check_cell(cell)
