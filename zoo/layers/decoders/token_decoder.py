"""What every decoder of tokens has: an embedding on both sides, and beams as rows of a batch."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once


class TokenDecoder(keras.layers.Layer):
    """Base of decoders, see `zoo.layers.decoders` for their contract.

    Args:
        embedding: `keras.layers.Embedding` of the target tokens, whose matrix is also that of the
            output layer (Press and Wolf 2017, arXiv:1608.05859). None: the one that is given to
            `share_embedding` before the decoder is built, such as the encoder's.
        dropout: part dropped of the embeddings.
    """

    def __init__(self, embedding=None, dropout: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.owns_embedding = embedding is not None
        self.embedding = embedding
        self.dropout = dropout
        self.embedding_dropout = keras.layers.Dropout(dropout)
        self.supports_masking = True

    def share_embedding(self, embedding) -> None:
        """Takes another layer's embedding, if the decoder has none of its own."""
        if not self.owns_embedding:
            self.embedding = embedding

    @property
    def vocabulary_size(self) -> int:
        """Number of output tokens."""
        return self.embedding.input_dim

    def build(self, memory_shape):
        """Builds the embedding and the output layer."""
        if self.embedding is None:
            raise ValueError(
                f"{type(self).__name__} has no embedding: give it one, or call share_embedding "
                "first."
            )
        build_once(self.embedding, (None, None))
        self.output_bias = self.add_weight(
            name="output_bias", shape=(self.vocabulary_size,), initializer="zeros"
        )

    def compute_mask(self, *args, **kwargs):
        """None: Keras would hand on the mask of the memory, which is not that of the output."""

    def get_build_config(self):
        """None: the model that owns the decoder builds it, since it may share an embedding."""

    def output_weights(self, tokens=None):
        """Matrix `[n, embedding]` and bias `[n]` of the output layer.

        Args:
            tokens: int `[n]`, of these tokens only. None: of the whole vocabulary.
        """
        weights = ops.convert_to_tensor(self.embedding.embeddings), self.output_bias
        return weights if tokens is None else tuple(ops.take(w, tokens, axis=0) for w in weights)

    def logits(self, readout, output=None):
        """The output layer: `[..., embedding]` to `[..., n]`; `output` from `output_weights`."""
        matrix, bias = (ops.cast(w, readout.dtype) for w in output or self.output_weights())
        # In two dimensions, so that TensorFlow adds the bias within the product.
        rows = ops.reshape(readout, (-1, readout.shape[-1]))
        logits = ops.matmul(rows, ops.transpose(matrix)) + bias
        return ops.reshape(logits, (*ops.shape(readout)[:-1], logits.shape[-1]))

    @staticmethod
    def fold(x):
        """`[batch, beam, ...]` to `[batch * beam, ...]`: layers know no beams."""
        return ops.reshape(x, (-1, *x.shape[2:]))

    @staticmethod
    def unfold(x, batch, beam):
        """Back again."""
        return ops.reshape(x, (batch, beam, *x.shape[1:]))

    def compute_output_shape(self, memory_shape, mask_shape=None, tokens_shape=None):
        return (*(tokens_shape or (None, None)), self.vocabulary_size)

    def get_config(self):
        embedding = self.embedding if self.owns_embedding else None
        return {
            **super().get_config(),
            "embedding": keras.saving.serialize_keras_object(embedding),
            "dropout": self.dropout,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for part in ("attention", "embedding"):
            if part in config:
                config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
