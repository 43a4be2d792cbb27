"""A vector for each word: what it is, and how it is written."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once


@keras.saving.register_keras_serializable(package="zoo")
class WordFeatures(keras.layers.Layer):
    """The embedding of each word beside a vector from its characters. Word id 0 is padding.

    Args:
        embedding: a `keras.layers.Embedding` of words; id 1 is the unknown word.
        characters: a layer from `[batch, words, characters]` to `[batch, words, features]` with an
            `output_size`, such as `CharacterCNN`. None: words alone.
        word_dropout: fraction of the words that are read as unknown in training, so that the rest
            of the model learns to do without them (Iyyer et al. 2015, section 3.1).
        dropout: fraction of the features dropped in training, the same at every time step of a
            sequence (Gal and Ghahramani 2016, arXiv:1512.05287).
    """

    def __init__(
        self, embedding, characters=None, word_dropout: float = 0.0, dropout: float = 0.0, **kwargs
    ):
        super().__init__(**kwargs)
        self.embedding = embedding
        self.characters = characters
        self.word_dropout = word_dropout
        self.dropout = dropout
        self.feature_dropout = keras.layers.SpatialDropout1D(dropout)
        self.seed_generator = keras.random.SeedGenerator() if word_dropout else None

    is_causal = True  # each word has its vector by itself

    @property
    def reads(self) -> tuple[str, ...]:
        """The arrays of a `WordTokenizer` that are looked up."""
        return ("words", "characters") if self.characters else ("words",)

    @property
    def output_size(self) -> int:
        """Width of the vectors."""
        letters = self.characters.output_size if self.characters else 0
        return self.embedding.output_dim + letters

    def build(self, words_shape):
        build_once(self.embedding, (None, None))
        if self.characters:
            build_once(self.characters, (None, None, None))

    def call(self, words, characters=None, training=False):
        """Looks words up.

        Args:
            words: int `[batch, words]`, 0 = padding.
            characters: int `[batch, words, characters]`, 0 = padding.
            training: whether dropout is on.

        Returns:
            `[batch, words, output_size]`.
        """
        if training and self.word_dropout:
            chance = keras.random.uniform(ops.shape(words), seed=self.seed_generator)
            is_dropped = ops.logical_and(chance < self.word_dropout, ops.not_equal(words, 0))
            words = ops.where(is_dropped, ops.ones_like(words), words)
        features = self.embedding(words)
        if self.characters:
            features = ops.concatenate([features, self.characters(characters)], axis=-1)
        return self.feature_dropout(features, training=training)

    def compute_output_shape(self, words_shape, characters_shape=None):
        return (*words_shape, self.output_size)

    def get_config(self):
        return {
            **super().get_config(),
            "embedding": keras.saving.serialize_keras_object(self.embedding),
            "characters": keras.saving.serialize_keras_object(self.characters),
            "word_dropout": self.word_dropout,
            "dropout": self.dropout,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for part in ("embedding", "characters"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
