"""From a question and a story to one vector, in several readings of the whole story."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from zoo.layers.build_once import build_once
from zoo.layers.query_reduction import QueryReduction


@keras.saving.register_keras_serializable(package="zoo")
class StoryReader(keras.layers.Layer):
    """Sentences and the question as vectors, and layers that reduce the question by the sentences.

    A sentence is the sum of its words' embeddings, weighted by their places, or the last output of
    a recurrence over them; the question is read in the same way. The first layer has the question
    itself at every sentence; each other one the state of the layer below (Seo et al. 2017,
    arXiv:1606.04582, section 3). The last state at the last sentence is the answer's vector.

    Args:
        embedding: a `keras.layers.Embedding` of words as wide as the layers; id 0 is padding.
        layers: of `zoo.layers.QueryReduction`, the last of which runs forward alone.
        recurrence: a `zoo.layers.Recurrent` over the words of a sentence, as wide as the layers.
            None: sums by places, see `position_weights`.
        dropout: fraction of the embeddings dropped in training.
    """

    reads = ("words", "question")

    def __init__(
        self,
        embedding,
        layers: Sequence[QueryReduction],
        recurrence=None,
        dropout: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.embedding = embedding
        self.layers = list(layers)
        self.recurrence = recurrence
        self.dropout = dropout
        self.embedding_dropout = keras.layers.Dropout(dropout)

    @property
    def output_size(self) -> int:
        """Width of the vector."""
        return self.layers[-1].units

    def build(self, words_shape=None, question_shape=None):
        width = self.output_size
        build_once(self.embedding, (None, None))
        if self.recurrence is not None:
            build_once(self.recurrence, (None, None, self.embedding.output_dim))
        for layer in self.layers:
            build_once(layer, (None, None, width))
        self.built = True

    def call(self, words, question, training=False):
        """Reads stories.

        Args:
            words: int `[batch, sentences, words]`, 0 = padding.
            question: int `[batch, words]`, 0 = padding.
            training: whether dropout is on.

        Returns:
            A vector for each story, `[batch, output_size]`, zeros where there is no sentence; and
            how much of the question each sentence replaced in each layer, float32
            `[batch, layers, sentences]` from 0 to 1.
        """
        mask = ops.any(ops.not_equal(words, 0), axis=-1)
        batch, time, length = ops.shape(words)
        flat = self.vectors(ops.reshape(words, (batch * time, length)), training)
        sentences = ops.reshape(flat, (batch, time, self.output_size))
        asked = ops.expand_dims(self.vectors(question, training), 1)
        state = ops.repeat(asked, time, axis=1)
        gates = []
        for layer in self.layers:
            state, gate = layer(sentences, state, mask=mask, training=training)
            gates.append(gate)
        return state[:, -1], ops.stack(gates, axis=1)

    def vectors(self, words, training=False):
        """Sentences as vectors.

        Args:
            words: int `[sentences, words]`, 0 = padding at the right.
            training: whether dropout is on.

        Returns:
            `[sentences, output_size]`.
        """
        mask = ops.not_equal(words, 0)
        embedded = self.embedding_dropout(self.embedding(words), training=training)
        if self.recurrence is not None:
            outputs, states = self.recurrence(embedded, mask=mask, training=training)
            return states[0]
        weights = position_weights(mask, self.output_size)
        return ops.sum(embedded * ops.cast(weights, embedded.dtype), axis=1)

    def compute_output_shape(self, words_shape, question_shape=None):
        batch, time = words_shape[:2]
        return (batch, self.output_size), (batch, len(self.layers), time)

    def get_config(self):
        return {
            **super().get_config(),
            "embedding": keras.saving.serialize_keras_object(self.embedding),
            "layers": [keras.saving.serialize_keras_object(one) for one in self.layers],
            "recurrence": keras.saving.serialize_keras_object(self.recurrence),
            "dropout": self.dropout,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        restored = keras.saving.deserialize_keras_object
        for part in ("embedding", "recurrence"):
            config[part] = restored(config[part])
        return cls(**{**config, "layers": [restored(one) for one in config["layers"]]})


def position_weights(mask, units: int):
    """How a word's place in its sentence weighs each number of its embedding.

    `(1 - j / J) - (k / d) (1 - 2 j / J)` for word `j` of `J` and number `k` of `d`, both from 1
    (Sukhbaatar et al. 2015, arXiv:1503.08895, section 4.1): sums are those of bags of words, and
    still say the order.

    Args:
        mask: bool `[sentences, words]`, True = real, padding at the right.
        units: how many numbers an embedding has.

    Returns:
        Float32 `[sentences, words, units]`, 0 at padding.
    """
    real = ops.expand_dims(ops.cast(mask, "float32"), -1)
    words = ops.maximum(ops.sum(real, axis=1, keepdims=True), 1.0)
    place = ops.reshape(ops.arange(1, ops.shape(mask)[1] + 1, dtype="float32"), (1, -1, 1)) / words
    number = ops.arange(1, units + 1, dtype="float32") / units
    return ((1 - place) - number * (1 - 2 * place)) * real
