"""Token vectors that are read at the bottom of a language model and again at its top."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="zoo")
class TokenEmbedding(keras.layers.Layer):
    """A vector for each token, which is also its row of the softmax: tied embeddings.

    What the top of a model asks for is then what its bottom reads (Press and Wolf 2017,
    arXiv:1608.05859; Inan et al. 2017, arXiv:1611.01462).

    Args:
        vocabulary_size: number of tokens.
        size: width of a vector.
        token_dropout: fraction of the tokens whose vector is zero wherever they stand in a batch
            (Gal and Ghahramani 2016, arXiv:1512.05287, section 4.2).
        tied: whether the softmax has the same vectors, or its own.
        initial_range: vectors start uniformly between plus and minus this.
    """

    def __init__(
        self,
        vocabulary_size: int,
        size: int,
        token_dropout: float = 0.0,
        tied: bool = True,
        initial_range: float = 0.1,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.size = size
        self.token_dropout = token_dropout
        self.tied = tied
        self.initial_range = initial_range
        self.seed_generator = keras.random.SeedGenerator() if token_dropout else None

    def build(self, input_shape=None):
        shape = (self.vocabulary_size, self.size)
        uniform = keras.initializers.RandomUniform(-self.initial_range, self.initial_range)
        self.vectors = self.add_weight(name="vectors", shape=shape, initializer=uniform)
        self.output_vectors = self.vectors
        if not self.tied:
            self.output_vectors = self.add_weight(
                name="output_vectors", shape=shape, initializer=uniform
            )
        self.bias = self.add_weight(name="bias", shape=(self.vocabulary_size,), initializer="zeros")

    def call(self, tokens, training=False):
        """Int `[batch, time]` to vectors `[batch, time, size]`."""
        vectors = ops.take(ops.cast(self.vectors, self.compute_dtype), tokens, axis=0)
        if training and self.token_dropout:
            kept = keras.random.dropout(
                ops.ones((self.vocabulary_size, 1), vectors.dtype),
                self.token_dropout,
                seed=self.seed_generator,
            )
            vectors = vectors * ops.take(kept, tokens, axis=0)
        return vectors

    def logits(self, outputs):
        """`[..., size]` to the logits of every token `[..., vocabulary_size]`, in one product."""
        flat = ops.reshape(outputs, (-1, self.size))
        vectors = ops.cast(self.output_vectors, flat.dtype)
        logits = ops.matmul(flat, ops.transpose(vectors)) + ops.cast(self.bias, flat.dtype)
        return ops.reshape(logits, (*ops.shape(outputs)[:-1], self.vocabulary_size))

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.size)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "size": self.size,
            "token_dropout": self.token_dropout,
            "tied": self.tied,
            "initial_range": self.initial_range,
        }
