"""From token ids to a memory that attention can ask."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once

_POOLINGS = ("none", "final")


@keras.saving.register_keras_serializable(package="zoo")
class RecurrentEncoder(keras.layers.Layer):
    """Embedding and a recurrent layer or stack. Id 0 is padding.

    Args:
        embedding: a `keras.layers.Embedding`.
        recurrence: a `Recurrent`, `Bidirectional` or `RecurrentStack` layer.
        dropout: fraction of the embeddings, and of the memory, that is dropped.
        pooling: "none": the memory has a place for each token; "final": one for the whole text, the
            states of all layers after the last token they read, side by side (Sutskever et al.
            2014, arXiv:1409.3215, section 3).

    Raises:
        ValueError: for another pooling.
    """

    def __init__(
        self, embedding, recurrence, dropout: float = 0.0, pooling: str = "none", **kwargs
    ):
        super().__init__(**kwargs)
        if pooling not in _POOLINGS:
            raise ValueError(f"pooling is one of {', '.join(_POOLINGS)}, not {pooling!r}.")
        self.pooling = pooling
        self.embedding = embedding
        self.recurrence = recurrence
        self.dropout = dropout
        self.embedding_dropout = keras.layers.Dropout(dropout)
        self.memory_dropout = keras.layers.Dropout(dropout)
        self.supports_masking = True

    @property
    def output_size(self) -> int:
        """Width of the memory."""
        if self.pooling == "none":
            return self.recurrence.output_size
        _, states = self.recurrence.compute_output_shape((None, None, self.embedding.output_dim))
        return sum(shape[-1] for shape in _flat(states))

    def build(self, input_shape):
        build_once(self.embedding, input_shape)
        build_once(self.recurrence, (*input_shape, self.embedding.output_dim))

    def call(self, tokens, training=False):
        """Encodes.

        Args:
            tokens: int `[batch, time]`, 0 = padding.
            training: whether dropout is on.

        Returns:
            Memory `[batch, time, output_size]` and its mask, bool `[batch, time]`, True = real;
            time is 1 with pooling.
        """
        mask = ops.not_equal(tokens, 0)
        inputs = self.embedding_dropout(self.embedding(tokens), training=training)
        memory, states = self.recurrence(inputs, mask=mask, training=training)
        if self.pooling == "final":
            memory = ops.expand_dims(ops.concatenate(_flat(states), axis=-1), 1)
            mask = ops.any(mask, axis=1, keepdims=True)
        return self.memory_dropout(memory, training=training), mask

    def compute_mask(self, *args, **kwargs):
        """None: Keras would hand on the mask of the memory, which is returned beside it."""

    def compute_output_shape(self, input_shape):
        batch, time = input_shape
        time = time if self.pooling == "none" else 1
        return (batch, time, self.output_size), (batch, time)

    def get_config(self):
        return {
            **super().get_config(),
            "embedding": keras.saving.serialize_keras_object(self.embedding),
            "recurrence": keras.saving.serialize_keras_object(self.recurrence),
            "dropout": self.dropout,
            "pooling": self.pooling,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for part in ("embedding", "recurrence"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)


def _flat(states) -> list:
    """The states of a layer, or of each layer of a stack, in one list; shapes alike."""
    lists = [layer for layer in states if isinstance(layer, list)]
    return [state for layer in lists for state in layer] if lists else list(states)
