"""Both directions of time."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once
from zoo.layers.recurrent import Recurrent


@keras.saving.register_keras_serializable(package="zoo")
class Bidirectional(keras.layers.Layer):
    """Two recurrent layers, one from each end, their outputs side by side.

    Schuster and Paliwal 1997.

    Args:
        forward: a `Recurrent` layer.
        backward: a `Recurrent` layer with `go_backwards=True`.

    Raises:
        ValueError: when the two do not run in opposite directions.
    """

    def __init__(self, forward: Recurrent, backward: Recurrent, **kwargs):
        super().__init__(**kwargs)
        if forward.go_backwards or not backward.go_backwards:
            raise ValueError(
                "Bidirectional wants a forward layer and one with go_backwards=True, in this order."
            )
        self.forward = forward
        self.backward = backward
        self.supports_masking = True

    @property
    def output_size(self) -> int:
        """Width of the output: that of both directions together."""
        return self.forward.output_size + self.backward.output_size

    def build(self, input_shape):
        build_once(self.forward, input_shape)
        build_once(self.backward, input_shape)

    def call(self, inputs, mask=None, training=False):
        """`[batch, time, features]` to `[batch, time, forward + backward units]`.

        Returns:
            Outputs, and the states of both directions after their last real step: forward's, then
            backward's.
        """
        forward, forward_states = self.forward(inputs, mask=mask, training=training)
        backward, backward_states = self.backward(inputs, mask=mask, training=training)
        outputs = ops.concatenate([forward, backward], axis=-1)
        return outputs, forward_states + backward_states

    def compute_output_shape(self, input_shape):
        forward, forward_states = self.forward.compute_output_shape(input_shape)
        _, backward_states = self.backward.compute_output_shape(input_shape)
        return (*forward[:-1], self.output_size), forward_states + backward_states

    def get_config(self):
        return {
            **super().get_config(),
            "forward": keras.saving.serialize_keras_object(self.forward),
            "backward": keras.saving.serialize_keras_object(self.backward),
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for direction in ("forward", "backward"):
            config[direction] = keras.saving.deserialize_keras_object(config[direction])
        return cls(**config)
