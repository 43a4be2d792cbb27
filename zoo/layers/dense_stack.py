"""A network on each step by itself, to be compared with those that know the steps around."""

from __future__ import annotations

import keras

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once


@keras.saving.register_keras_serializable(package="zoo")
class DenseStack(keras.layers.Layer):
    """Layers of rectified units over every step alone, a body like `RecurrentStack`.

    Args:
        units: width of every layer.
        layers: how many.
        dropout: fraction of the inputs of each layer but the first that is dropped.

    Raises:
        ConfigError: without layers.

    Example:

    >>> import keras
    >>> outputs, states = DenseStack(8, layers=2)(keras.ops.ones((2, 5, 4)))
    >>> tuple(outputs.shape), states
    ((2, 5, 8), [])
    """

    def __init__(self, units: int, layers: int, dropout: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        if layers < 1:
            raise ConfigError(f"A DenseStack has one layer or more, not {layers}.")
        self.units = units
        self.dropout = dropout
        self.layers = [keras.layers.Dense(units, activation="relu") for _ in range(layers)]
        self.dropout_layers = [keras.layers.Dropout(dropout) for _ in self.layers[1:]]
        self.supports_masking = True

    @property
    def output_size(self) -> int:
        """Width of the output."""
        return self.units

    def build(self, input_shape):
        for layer in self.layers:
            build_once(layer, input_shape)
            input_shape = (*input_shape[:-1], self.units)

    def call(self, inputs, mask=None, training=False):
        """`[batch, time, features]` to `[batch, time, units]`, and no states.

        Args:
            inputs: `[batch, time, features]`.
            mask: of no use; here as for other bodies.
            training: whether dropout is on.
        """
        for number, layer in enumerate(self.layers):
            if number:
                inputs = self.dropout_layers[number - 1](inputs, training=training)
            inputs = layer(inputs)
        return inputs, []

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units), []

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "layers": len(self.layers),
            "dropout": self.dropout,
        }
