"""A vector for each word from the characters it is written with."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from zoo.layers.build_once import build_once


@keras.saving.register_keras_serializable(package="zoo")
class CharacterCNN(keras.layers.Layer):
    """Convolutions over the characters of each word, and the maximum over their places.

    Kim et al. 2016 (arXiv:1508.06615), with ReLU. A convolution is one product of the windows side
    by side, which is quicker on a CPU than a convolution over such short sequences.

    Args:
        character_count: number of character ids; 0 is padding.
        embedding_size: width of the character embeddings.
        filters: filters of each width.
        widths: characters that a filter sees.

    Raises:
        ValueError: without widths.
    """

    def __init__(
        self,
        character_count: int,
        embedding_size: int = 32,
        filters: int = 50,
        widths: Sequence[int] = (2, 3, 4),
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not widths:
            raise ValueError("CharacterCNN wants at least one width.")
        self.character_count = character_count
        self.embedding_size = embedding_size
        self.filters = filters
        self.widths = tuple(widths)
        self.embedding = keras.layers.Embedding(character_count, embedding_size)
        self.convolutions = [keras.layers.Dense(filters, activation="relu") for _ in self.widths]

    @property
    def output_size(self) -> int:
        """Width of the vectors."""
        return self.filters * len(self.widths)

    def build(self, input_shape):
        build_once(self.embedding, input_shape)
        for width, convolution in zip(self.widths, self.convolutions, strict=True):
            build_once(convolution, (None, None, width * self.embedding_size))

    def call(self, characters):
        """`[batch, words, characters]` to `[batch, words, output_size]`.

        A filter's window may begin before the word and never ends after it, so that padding changes
        nothing; a word without characters gives zeros.

        Args:
            characters: int, 0 = padding, which stands at the right.
        """
        batch, words = ops.shape(characters)[:2]
        length = characters.shape[2]
        ids = ops.reshape(characters, (-1, length))
        real = ops.cast(ops.expand_dims(ops.not_equal(ids, 0), -1), self.compute_dtype)
        vectors = self.embedding(ids) * real
        longest = max(self.widths)
        padded = ops.pad(vectors, [[0, 0], [longest - 1, 0], [0, 0]])
        shifted = [padded[:, i : i + length] for i in range(longest)]
        found = []
        for width, convolution in zip(self.widths, self.convolutions, strict=True):
            windows = ops.concatenate(shifted[longest - width :], axis=-1)
            found.append(ops.max(convolution(windows) * real, axis=1))
        return ops.reshape(ops.concatenate(found, axis=-1), (batch, words, self.output_size))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:2], self.output_size)

    def get_config(self):
        return {
            **super().get_config(),
            "character_count": self.character_count,
            "embedding_size": self.embedding_size,
            "filters": self.filters,
            "widths": self.widths,
        }
