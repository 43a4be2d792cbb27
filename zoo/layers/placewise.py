"""Recurrence over vectors at every place of a grid."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from zoo.layers.build_once import build_once


@keras.saving.register_keras_serializable(package="zoo")
class Placewise(keras.layers.Layer):
    """A recurrent layer at each place of a grid by itself, with the same weights at all.

    A cell of vectors so reads what cells over grids do, except that no place hears of another.

    Args:
        recurrence: a `Recurrent` layer of a cell of vectors.

    Inputs `[batch, time, height, width, channels]`, outputs of the same axes, states a list of
    `[batch, height, width, size]`; grids of one axis, or of more, are read alike.
    """

    def __init__(self, recurrence, **kwargs):
        super().__init__(**kwargs)
        self.recurrence = recurrence
        self.grid: tuple[int, ...] = ()
        self.supports_masking = True

    @property
    def output_size(self) -> int:
        """Channels of the output."""
        return self.recurrence.output_size

    @property
    def go_backwards(self) -> bool:
        """Whether it runs from the last time step to the first."""
        return self.recurrence.go_backwards

    def build(self, input_shape):
        self.grid = tuple(input_shape[2:-1])
        build_once(self.recurrence, (None, input_shape[1], input_shape[-1]))

    def get_initial_state(self, batch_size):
        """States before the first step: a list of `[batch, height, width, size]`."""
        return self._apart(self.recurrence.get_initial_state(batch_size * math.prod(self.grid)))

    def call(self, inputs, mask=None, initial_state=None, training=False):
        """Runs over grids; see `Recurrent.call`, at each place.

        Args:
            inputs: `[batch, time, height, width, channels]`.
            mask: bool `[batch, time]`, True = real.
            initial_state: list of `[batch, height, width, size]`. None: the layer's own.
            training: whether dropout is on.
        """
        axes = len(self.grid)
        time, channels = ops.shape(inputs)[1], inputs.shape[-1]
        rows = ops.moveaxis(inputs, 1, axes + 1)
        rows = ops.reshape(rows, (-1, time, channels))
        if mask is not None:
            mask = ops.repeat(ops.convert_to_tensor(mask), math.prod(self.grid), axis=0)
        if initial_state is not None:
            initial_state = self._together(initial_state)
        outputs, states = self.recurrence(
            rows, mask=mask, initial_state=initial_state, training=training
        )
        outputs = ops.reshape(ops.copy(outputs), (-1, *self.grid, time, self.output_size))
        return ops.moveaxis(outputs, axes + 1, 1), self._apart(states)

    def step(self, inputs, states):
        """One step: `[batch, height, width, channels]` and states to `(output, new states)`."""
        rows = ops.reshape(inputs, (-1, inputs.shape[-1]))
        output, states = self.recurrence.step(rows, self._together(states))
        return self._apart([output])[0], self._apart(states)

    def _together(self, states) -> list[Any]:
        return [ops.reshape(state, (-1, state.shape[-1])) for state in states]

    def _apart(self, states) -> list[Any]:
        return [ops.reshape(state, (-1, *self.grid, state.shape[-1])) for state in states]

    def compute_output_shape(self, input_shape):
        shapes = [
            (input_shape[0], *input_shape[2:-1], *shape) for shape in self.recurrence.state_shapes
        ]
        return (*input_shape[:-1], self.output_size), shapes

    def get_config(self):
        inner = keras.saving.serialize_keras_object(self.recurrence)
        return {**super().get_config(), "recurrence": inner}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["recurrence"] = keras.saving.deserialize_keras_object(config["recurrence"])
        return cls(**config)
