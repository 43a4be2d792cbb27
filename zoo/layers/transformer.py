"""The Transformer that sees no later step."""

from __future__ import annotations

import math

import keras
from keras import ops

from zoo.errors import ConfigError
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
        dropout: share dropped of the attention weights and of what a block adds.

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


class TransformerBlock(keras.layers.Layer):
    """Attention and a feed-forward layer, each normalised first and added; see its stack."""

    def __init__(self, units: int, heads: int, context: int, dropout: float, **kwargs):
        super().__init__(**kwargs)
        dtype = self.dtype_policy
        self.attention = CausalSelfAttention(units, heads, context, dropout, dtype=dtype)
        self.hidden_layer = keras.layers.Dense(_WIDER * units, dtype=dtype)
        self.output_layer = keras.layers.Dense(units, dtype=dtype)
        self.normalisations = [normalisation(dtype) for _ in range(2)]
        self.dropout_layers = [keras.layers.Dropout(dropout, dtype=dtype) for _ in range(2)]
        self.output_size = units
        self.supports_masking = True

    @property
    def state_shapes(self) -> list[tuple[int, ...]]:
        """Those of its attention."""
        return self.attention.state_shapes

    def build(self, input_shape):
        for layer in (*self.normalisations, self.attention, self.hidden_layer):
            build_once(layer, input_shape)
        build_once(self.output_layer, (*input_shape[:-1], _WIDER * self.output_size))

    def call(self, inputs, state, lengths=None, training=False):
        seen, state = self.attention(
            self.normalisations[0](inputs), state, lengths, training=training
        )
        inputs = inputs + self.dropout_layers[0](seen, training=training)
        hidden = self.hidden_layer(self.normalisations[1](inputs))
        added = self.output_layer(_gelu(hidden))
        return inputs + self.dropout_layers[1](added, training=training), state

    def compute_output_shape(self, input_shape):
        return tuple(input_shape), [(input_shape[0], *shape) for shape in self.state_shapes]


def normalisation(dtype):
    """Layer normalisation that leaves the small vectors of an untrained embedding no smaller."""
    return keras.layers.LayerNormalization(epsilon=1e-5, dtype=dtype)


def _gelu(x):
    """`x` times the normal distribution's share below it (Hendrycks and Gimpel 2016).

    By the error function, which converters to other formats know; Keras takes its complement.
    """
    return 0.5 * x * (1.0 + ops.erf(x / math.sqrt(2.0)))
