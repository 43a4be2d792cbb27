"""The Transformer that sees no later step."""

from __future__ import annotations

import math

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.attention.multi_head import MultiHeadAttention
from zoo.layers.build_once import build_once
from zoo.layers.causal_attention import CausalSelfAttention
from zoo.layers.causal_stack import CausalStack

_WIDER = 4  # times the width of a block are hidden in its feed-forward layer


@keras.saving.register_keras_serializable(package="zoo")
class CausalTransformer(CausalStack):
    """The decoder of Vaswani et al. 2017 (arXiv:1706.03762) alone, a body like `RecurrentStack`.

    A block adds to its input what attention and then a feed-forward layer with GELU make of it,
    each normalised first (Radford et al. 2019; Xiong et al. 2020, arXiv:2002.04745). Places are
    told by rotation, see `CausalSelfAttention`. The state is a window of `context` keys and values
    for each block, so that a step costs the same however long the text is, and the memory is fixed.

    Args:
        units: width of the blocks.
        layers: blocks.
        heads: of the attention; each is an even number of units wide.
        context: steps before its own that a step sees in a block.
        dropout: fraction dropped of the attention weights and of what a block adds.

    Raises:
        ConfigError: without blocks, or when the width cannot be divided among the heads.

    Example:

    >>> import keras
    >>> outputs, states = CausalTransformer(8, layers=2, context=16)(keras.ops.ones((2, 5, 4)))
    >>> tuple(outputs.shape), [tuple(state.shape) for state in states[0]]
    ((2, 5, 8), [(2, 16, 8), (2, 16, 8), (2, 16)])
    """

    def __init__(
        self,
        units: int,
        layers: int,
        heads: int = 4,
        context: int = 128,
        dropout: float = 0.0,
        **kwargs,
    ):
        if layers < 1:
            raise ConfigError(f"A Transformer has one block or more, not {layers}.")
        dtype = kwargs.get("dtype")
        blocks = [
            TransformerBlock(units, heads, context, dropout, dtype=dtype) for _ in range(layers)
        ]
        super().__init__(blocks, **kwargs)
        self.units = units
        self.heads = heads
        self.context = context
        self.dropout = dropout
        self.projection = None
        self.normalisation = normalisation(self.dtype_policy)

    def build(self, input_shape):
        inner_shape = (*input_shape[:-1], self.units)
        if input_shape[-1] != self.units:
            self.projection = keras.layers.Dense(self.units, dtype=self.dtype_policy)
            build_once(self.projection, input_shape)
        super().build(inner_shape)
        build_once(self.normalisation, inner_shape)

    def run(self, inputs, states, lengths, training):
        inputs = inputs if self.projection is None else self.projection(inputs)
        outputs, states = super().run(inputs, states, lengths, training)
        return self.normalisation(outputs), states

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "layers": len(self.blocks),
            "heads": self.heads,
            "context": self.context,
            "dropout": self.dropout,
        }


class ResidualBlock(keras.layers.Layer):
    """What every block has: a feed-forward layer, and parts that are normalised first and added.

    Args:
        attention: of the steps to each other.
        units: width of input and output.
        hidden_units: width of the hidden layer of the feed-forward layer.
        parts: attentions that the block adds before its feed-forward layer.
        dropout: part dropped of what is added.
    """

    def __init__(
        self, attention, units: int, hidden_units: int, parts: int, dropout: float, **kwargs
    ):
        super().__init__(**kwargs)
        dtype = self.dtype_policy
        self.attention = attention
        self.hidden_layer = keras.layers.Dense(hidden_units, dtype=dtype)
        self.output_layer = keras.layers.Dense(units, dtype=dtype)
        self.normalisations = [normalisation(dtype) for _ in range(parts + 1)]
        self.dropout_layers = [keras.layers.Dropout(dropout, dtype=dtype) for _ in range(parts + 1)]
        self.output_size = units
        self.supports_masking = True

    def build(self, input_shape):
        for layer in (*self.normalisations, self.hidden_layer):
            build_once(layer, input_shape)
        build_once(self.output_layer, (*input_shape[:-1], self.hidden_layer.units))

    def feed_forward(self, inputs, training):
        """Adds the last part."""
        hidden = self.hidden_layer(self.normalisations[-1](inputs))
        added = self.output_layer(_gelu(hidden))
        return inputs + self.dropout_layers[-1](added, training=training)


class TransformerBlock(ResidualBlock):
    """Causal attention and a feed-forward layer; see `CausalStack` for how it is called."""

    def __init__(self, units: int, heads: int, context: int, dropout: float, **kwargs):
        attention = CausalSelfAttention(units, heads, context, dropout, dtype=kwargs.get("dtype"))
        super().__init__(attention, units, _WIDER * units, 1, dropout, **kwargs)

    @property
    def state_shapes(self) -> list[tuple[int, ...]]:
        """Those of its attention."""
        return self.attention.state_shapes

    def build(self, input_shape):
        super().build(input_shape)
        build_once(self.attention, input_shape)

    def call(self, inputs, state, lengths=None, training=False):
        seen, state = self.attention(
            self.normalisations[0](inputs), state, lengths, training=training
        )
        inputs = inputs + self.dropout_layers[0](seen, training=training)
        return self.feed_forward(inputs, training), state

    def compute_output_shape(self, input_shape):
        return tuple(input_shape), [(input_shape[0], *shape) for shape in self.state_shapes]


class EncoderBlock(ResidualBlock):
    """Attention of every step to every step, and a feed-forward layer."""

    def __init__(self, units: int, heads: int, hidden_units: int, dropout: float, **kwargs):
        attention = MultiHeadAttention(
            units, heads, rotary=True, dropout=dropout, dtype=kwargs.get("dtype")
        )
        super().__init__(attention, units, hidden_units, 1, dropout, **kwargs)

    def build(self, input_shape):
        super().build(input_shape)
        build_once(self.attention, [input_shape, input_shape])

    def call(self, inputs, mask, training=False):
        """`[batch, time, units]` to the same; the mask is bool `[batch, time]`, True = real."""
        normal = self.normalisations[0](inputs)
        known = self.attention.precompute(normal, mask)
        seen, _ = self.attention(normal, known, training=training)
        inputs = inputs + self.dropout_layers[0](seen, training=training)
        return self.feed_forward(inputs, training)

    def compute_output_shape(self, input_shape, mask_shape=None):
        return tuple(input_shape)


class DecoderBlock(ResidualBlock):
    """Causal attention, attention over a memory, and a feed-forward layer."""

    def __init__(
        self, units: int, heads: int, hidden_units: int, context: int, dropout: float, **kwargs
    ):
        attention = CausalSelfAttention(units, heads, context, dropout, dtype=kwargs.get("dtype"))
        super().__init__(attention, units, hidden_units, 2, dropout, **kwargs)
        self.memory_attention = MultiHeadAttention(
            units, heads, dropout=dropout, dtype=self.dtype_policy
        )

    @property
    def state_shapes(self) -> list[tuple[int, ...]]:
        """Those of its causal attention."""
        return self.attention.state_shapes

    def build(self, input_shapes):
        """Builds from the shapes of the inputs and of the memory."""
        super().build(input_shapes[0])
        build_once(self.attention, input_shapes[0])
        build_once(self.memory_attention, input_shapes)

    def look_back(self, inputs, state, training=False):
        """Adds what the steps before say: `[batch, time, units]`, and the new state."""
        seen, state = self.attention(self.normalisations[0](inputs), state, training=training)
        return inputs + self.dropout_layers[0](seen, training=training), state

    def ask(self, inputs, known, training=False):
        """Adds what the memory says and the feed-forward layer; the weights over the memory.

        Args:
            inputs: `[batch, queries, units]`.
            known: from `memory_attention.precompute`.
            training: whether dropout is on.
        """
        query = self.normalisations[1](inputs)
        context, weights = self.memory_attention(query, known, training=training)
        inputs = inputs + self.dropout_layers[1](context, training=training)
        return self.feed_forward(inputs, training), weights


def normalisation(dtype):
    """Layer normalisation that leaves the small vectors of an untrained embedding no smaller."""
    return keras.layers.LayerNormalization(epsilon=1e-5, dtype=dtype)


def _gelu(x):
    """`x` times the normal distribution's mass below it (Hendrycks and Gimpel 2016).

    By the error function, which converters to other formats know; Keras takes its complement.
    """
    return 0.5 * x * (1.0 + ops.erf(x / math.sqrt(2.0)))
