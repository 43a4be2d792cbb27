"""From token ids to a memory: the encoder of the Transformer."""

from __future__ import annotations

import math

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.transformer import EncoderBlock, normalisation


@keras.saving.register_keras_serializable(package="zoo")
class TransformerEncoder(keras.layers.Layer):
    """Blocks in which every token looks at every token (Vaswani et al. 2017). Id 0 is padding.

    The encoder of arXiv:1706.03762, section 3.1, each part normalised first (Xiong et al. 2020,
    arXiv:2002.04745), with places told by rotation (Su et al. 2021, arXiv:2104.09864).

    Args:
        embedding: a `keras.layers.Embedding`, as wide as the blocks.
        blocks: number of blocks.
        heads: of each attention.
        hidden_units: width of the hidden layer of the feed-forward layers. None: four times that
            of the blocks.
        dropout: part dropped of the embeddings, of attention weights and of what blocks add.

    Raises:
        ConfigError: without blocks, or when the width cannot be divided among the heads.
    """

    def __init__(
        self,
        embedding,
        blocks: int = 4,
        heads: int = 4,
        hidden_units: int | None = None,
        dropout: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if blocks < 1:
            raise ConfigError(f"A Transformer has one block or more, not {blocks}.")
        self.embedding = embedding
        self.heads = heads
        self.output_size = embedding.output_dim
        self.hidden_units = hidden_units or 4 * self.output_size
        self.dropout = dropout
        self.embedding_dropout = keras.layers.Dropout(dropout)
        self.blocks = [
            EncoderBlock(self.output_size, heads, self.hidden_units, dropout) for _ in range(blocks)
        ]
        self.normalisation = normalisation(self.dtype_policy)
        self.supports_masking = True

    def build(self, input_shape):
        build_once(self.embedding, input_shape)
        for layer in (*self.blocks, self.normalisation):
            build_once(layer, (*input_shape, self.output_size))

    def call(self, tokens, training=False):
        """Encodes.

        Args:
            tokens: int `[batch, time]`, 0 = padding.
            training: whether dropout is on.

        Returns:
            Memory `[batch, time, output_size]` and its mask, bool `[batch, time]`, True = real.
        """
        mask = ops.not_equal(tokens, 0)
        hidden = self.embedding(tokens) * math.sqrt(self.output_size)
        hidden = self.embedding_dropout(hidden, training=training)
        for block in self.blocks:
            hidden = block(hidden, mask, training=training)
        return self.normalisation(hidden), mask

    def compute_mask(self, *args, **kwargs):
        """None: Keras would hand on the mask of the memory, which is returned beside it."""

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.output_size), input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "embedding": keras.saving.serialize_keras_object(self.embedding),
            "blocks": len(self.blocks),
            "heads": self.heads,
            "hidden_units": self.hidden_units,
            "dropout": self.dropout,
        }

    @classmethod
    def from_config(cls, config):
        embedding = keras.saving.deserialize_keras_object(config["embedding"])
        return cls(**{**config, "embedding": embedding})
