"""From a memory to tokens: the decoder of the Transformer."""

from __future__ import annotations

import math

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.decoders.token_decoder import TokenDecoder
from zoo.layers.transformer import DecoderBlock, normalisation


@keras.saving.register_keras_serializable(package="zoo")
class TransformerDecoder(TokenDecoder):
    """Blocks of causal attention and of attention over the memory (Vaswani et al. 2017).

    The decoder of arXiv:1706.03762, section 3.1, each part normalised first (Xiong et al. 2020,
    arXiv:2002.04745), with places told by rotation, see `zoo.layers.CausalSelfAttention`. The
    state of a hypothesis is a window of `context` keys and values for each block, so that a step
    costs the same however long the output is; in teacher forcing all steps run at once.

    The weights over the memory are those of the block below the top one, whose heads' mean is the
    best alignment (Garg et al. 2019, arXiv:1909.02074, section 4.2).

    Args:
        units: width of the blocks, of the embedding and of the memory.
        blocks: number of blocks.
        heads: of each attention.
        hidden_units: width of the hidden layer of the feed-forward layers.
        context: steps before its own that a step sees.
        embedding: see `TokenDecoder`.
        dropout: part dropped of the embeddings, of attention weights and of what blocks add.

    Raises:
        ConfigError: without blocks, when the width cannot be divided among the heads, or when
            embedding or memory has another.
    """

    def __init__(
        self,
        units: int,
        blocks: int = 4,
        heads: int = 4,
        hidden_units: int | None = None,
        context: int = 64,
        embedding=None,
        dropout: float = 0.0,
        **kwargs,
    ):
        super().__init__(embedding, dropout, **kwargs)
        if blocks < 1:
            raise ConfigError(f"A Transformer has one block or more, not {blocks}.")
        self.units = units
        self.heads = heads
        self.hidden_units = hidden_units or 4 * units
        self.context = context
        self.blocks = [
            DecoderBlock(units, heads, self.hidden_units, context, dropout) for _ in range(blocks)
        ]
        self.normalisation = normalisation(self.dtype_policy)

    @property
    def attention(self):
        """The attention whose weights are the alignment."""
        return self._aligning.memory_attention

    @property
    def _aligning(self):
        return self.blocks[-2] if len(self.blocks) > 1 else self.blocks[-1]

    def build(self, memory_shape):
        """Builds from the shape of the memory, `[batch, time, features]`."""
        super().build(memory_shape)
        for what, width in (("embedding", self.embedding.output_dim), ("memory", memory_shape[-1])):
            if width != self.units:
                raise ConfigError(
                    f"A Transformer of {self.units} units wants {what} vectors as wide, not of "
                    f"{width}."
                )
        for block in self.blocks:
            build_once(block, [(None, None, self.units), (None, None, memory_shape[-1])])
        build_once(self.normalisation, (None, None, self.units))

    def start(self, memory, mask):
        """Before the first token; see `zoo.layers.decoders`."""
        batch, dtype = ops.shape(memory)[0], self.compute_dtype
        shapes = [shape for block in self.blocks for shape in block.state_shapes]
        states = [ops.zeros((batch, *shape), dtype=dtype) for shape in shapes]
        return states, self._known(memory, mask)

    def call(self, memory, mask, tokens, training=False):
        """Logits `[batch, time, vocabulary]` of int tokens `[batch, time]` (teacher forcing)."""
        hidden = self.embedding_dropout(self._embed(tokens), training=training)
        for block, known in zip(self.blocks, self._known(memory, mask), strict=True):
            hidden, _ = block.look_back(hidden, None, training=training)
            hidden, _ = block.ask(hidden, known, training=training)
        return self.logits(self.normalisation(hidden))

    def step(self, tokens, states, constants, output=None):
        """One step of every hypothesis; see `zoo.layers.decoders`."""
        hidden, states, new = self._embed(tokens), iter(states), []
        shape = ops.shape(hidden)[:2]
        alignment = None
        for block, known in zip(self.blocks, constants, strict=True):
            state = [self.fold(next(states)) for _ in block.state_shapes]
            one = ops.expand_dims(self.fold(hidden), 1)
            one, state = block.look_back(one, state)
            hidden = self.unfold(ops.squeeze(one, 1), *shape)
            new += [self.unfold(values, *shape) for values in state]
            hidden, weights = block.ask(hidden, known)
            if block is self._aligning:
                alignment = weights
        return self.logits(self.normalisation(hidden), output), new, alignment

    def _embed(self, tokens):
        """Embeddings of the scale of what blocks add (Vaswani et al. 2017, section 3.4)."""
        return self.embedding(tokens) * math.sqrt(self.units)

    def _known(self, memory, mask):
        return [block.memory_attention.precompute(memory, mask) for block in self.blocks]

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "blocks": len(self.blocks),
            "heads": self.heads,
            "hidden_units": self.hidden_units,
            "context": self.context,
        }
