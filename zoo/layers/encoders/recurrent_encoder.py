"""From token ids to a memory that attention can ask."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once


@keras.saving.register_keras_serializable(package="zoo")
class RecurrentEncoder(keras.layers.Layer):
    """Embedding and a recurrent layer or stack. Id 0 is padding.

    Args:
        embedding: a `keras.layers.Embedding`.
        recurrence: a `Recurrent`, `Bidirectional` or `RecurrentStack` layer.
        dropout: share of the embeddings, and of the memory, that is dropped.
    """

    def __init__(self, embedding, recurrence, dropout: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.embedding = embedding
        self.recurrence = recurrence
        self.dropout = dropout
        self.embedding_dropout = keras.layers.Dropout(dropout)
        self.memory_dropout = keras.layers.Dropout(dropout)
        self.supports_masking = True

    @property
    def output_size(self) -> int:
        """Width of the memory."""
        return self.recurrence.output_size

    def build(self, input_shape):
        build_once(self.embedding, input_shape)
        build_once(self.recurrence, (*input_shape, self.embedding.output_dim))

    def call(self, tokens, training=False):
        """Encodes.

        Args:
            tokens: int `[batch, time]`, 0 = padding.
            training: whether dropout is on.

        Returns:
            Memory `[batch, time, output_size]` and its mask, bool `[batch, time]`, True = real.
        """
        mask = ops.not_equal(tokens, 0)
        inputs = self.embedding_dropout(self.embedding(tokens), training=training)
        memory, _ = self.recurrence(inputs, mask=mask, training=training)
        return self.memory_dropout(memory, training=training), mask

    def compute_mask(self, *args, **kwargs):
        """None: Keras would hand on the mask of the memory, which is returned beside it."""

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.output_size), input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "embedding": keras.saving.serialize_keras_object(self.embedding),
            "recurrence": keras.saving.serialize_keras_object(self.recurrence),
            "dropout": self.dropout,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for part in ("embedding", "recurrence"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
