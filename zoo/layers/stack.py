"""Recurrent layers on top of each other."""

from __future__ import annotations

import keras

from zoo.layers.build_once import build_once


@keras.saving.register_keras_serializable(package="zoo")
class RecurrentStack(keras.layers.Layer):
    """Recurrent layers in a row, with dropout between them and residual connections.

    Args:
        layers: `Recurrent` or `Bidirectional` layers, the lowest first.
        dropout: fraction of the inputs of each layer but the first that is dropped.
        residual: add its input to each layer's output where their widths agree, as in Wu et al.
            2016 (arXiv:1609.08144, eq. 6).
        same_dropout_at_all_steps: drop the same features at every time step of a sequence (Gal
            and Ghahramani 2016, arXiv:1512.05287), and not others at each.

    Raises:
        ValueError: without layers.
    """

    def __init__(
        self,
        layers,
        dropout: float = 0.0,
        residual: bool = False,
        same_dropout_at_all_steps: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not layers:
            raise ValueError("RecurrentStack wants at least one layer.")
        self.layers = list(layers)
        self.dropout = dropout
        self.residual = residual
        self.same_dropout_at_all_steps = same_dropout_at_all_steps
        kind = keras.layers.SpatialDropout1D if same_dropout_at_all_steps else keras.layers.Dropout
        self.dropout_layers = [kind(dropout) for _ in self.layers[1:]]
        self.supports_masking = True

    @property
    def output_size(self) -> int:
        """Width of the top layer's output."""
        return self.layers[-1].output_size

    def build(self, input_shape):
        for layer in self.layers:
            build_once(layer, input_shape)
            input_shape = (*input_shape[:-1], layer.output_size)

    def get_initial_state(self, batch_size):
        """States before the first step: for each layer a list of `[batch, size]`."""
        return [layer.get_initial_state(batch_size) for layer in self.layers]

    def call(self, inputs, mask=None, initial_state=None, training=False):
        """`[batch, time, features]` to the top layer's outputs and the states of every layer.

        Args:
            inputs: `[batch, time, features]`.
            mask: bool `[batch, time]`, True = real.
            initial_state: the states to begin with, as they are returned; None: the layers' own.
                `Bidirectional` layers have no use for them.
            training: whether dropout is on.

        Returns:
            Outputs `[batch, time, output_size]`, and one list of final states per layer.
        """
        states = []
        for i, layer in enumerate(self.layers):
            if i > 0:
                inputs = self.dropout_layers[i - 1](inputs, training=training)
            begin = {} if initial_state is None else {"initial_state": list(initial_state[i])}
            outputs, layer_states = layer(inputs, mask=mask, training=training, **begin)
            if self.residual and inputs.shape[-1] == outputs.shape[-1]:
                outputs = outputs + inputs
            states.append(layer_states)
            inputs = outputs
        return inputs, states

    def step(self, inputs, states):
        """One step, for writing: `[batch, features]` and states to `(output, new states)`."""
        new_states = []
        for layer, layer_states in zip(self.layers, states, strict=True):
            output, layer_states = layer.step(inputs, list(layer_states))
            if self.residual and inputs.shape[-1] == output.shape[-1]:
                output = output + inputs
            new_states.append(layer_states)
            inputs = output
        return inputs, new_states

    def compute_output_shape(self, input_shape):
        states = []
        for layer in self.layers:
            input_shape, layer_states = layer.compute_output_shape(input_shape)
            states.append(layer_states)
        return input_shape, states

    def get_config(self):
        return {
            **super().get_config(),
            "layers": [keras.saving.serialize_keras_object(layer) for layer in self.layers],
            "dropout": self.dropout,
            "residual": self.residual,
            "same_dropout_at_all_steps": self.same_dropout_at_all_steps,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["layers"] = [keras.saving.deserialize_keras_object(c) for c in config["layers"]]
        return cls(**config)
