"""Temporal convolutional network: residual blocks of causal dilated convolutions."""

from __future__ import annotations

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.causal_convolution import CausalConvolution
from zoo.layers.causal_stack import CausalStack


@keras.saving.register_keras_serializable(package="zoo")
class TCN(CausalStack):
    """A TCN (Bai, Kolter and Koltun 2018, arXiv:1803.01271), a body like `RecurrentStack`.

    Block `i` has two convolutions with dilation `2^i`, each weight-normalised, with a ReLU and
    spatial dropout after it; its input is added to its output, through a projection where their
    widths differ, before a last ReLU (section 3 and figure 1b). The state is the last inputs of
    each convolution, zeros before a text, which are the paper's padding.

    Args:
        units: width of every convolution.
        layers: blocks; each doubles how far the one below it sees.
        kernel_size: taps of a convolution, at least 2.
        dropout: fraction of the features dropped after each convolution, the same at all steps.

    Raises:
        ConfigError: without blocks, or with a kernel of fewer than two taps.

    Example:

    >>> import keras
    >>> body = TCN(8, layers=3)
    >>> outputs, states = body(keras.ops.ones((2, 5, 4)))
    >>> tuple(outputs.shape), body.receptive_field
    ((2, 5, 8), 29)
    """

    def __init__(
        self, units: int, layers: int, kernel_size: int = 3, dropout: float = 0.0, **kwargs
    ):
        if layers < 1:
            raise ConfigError(f"A TCN has one block or more, not {layers}.")
        blocks = [
            TemporalBlock(units, kernel_size, 2**i, dropout, dtype=kwargs.get("dtype"))
            for i in range(layers)
        ]
        super().__init__(blocks, **kwargs)
        self.units = units
        self.kernel_size = kernel_size
        self.dropout = dropout

    @property
    def receptive_field(self) -> int:
        """How many steps an output depends on, its own among them."""
        return 1 + 2 * (self.kernel_size - 1) * (2 ** len(self.blocks) - 1)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "layers": len(self.blocks),
            "kernel_size": self.kernel_size,
            "dropout": self.dropout,
        }


class TemporalBlock(keras.layers.Layer):
    """Two causal convolutions of one dilation with a residual connection; see `TCN`."""

    def __init__(self, units: int, kernel_size: int, dilation: int, dropout: float, **kwargs):
        super().__init__(**kwargs)
        dtype = self.dtype_policy
        self.convolutions = [
            CausalConvolution(units, kernel_size, dilation, dtype=dtype) for _ in range(2)
        ]
        self.dropout_layers = [
            keras.layers.SpatialDropout1D(dropout, dtype=dtype) for _ in range(2)
        ]
        self.output_size = units
        self.projection = None
        self.supports_masking = True

    @property
    def state_shapes(self) -> list[tuple[int, ...]]:
        """The last inputs of both convolutions."""
        return [shape for part in self.convolutions for shape in part.state_shapes]

    def build(self, input_shape):
        hidden_shape = (*input_shape[:-1], self.output_size)
        build_once(self.convolutions[0], input_shape)
        build_once(self.convolutions[1], hidden_shape)
        if input_shape[-1] != self.output_size:
            self.projection = keras.layers.Dense(self.output_size, dtype=self.dtype_policy)
            build_once(self.projection, input_shape)

    def call(self, inputs, state, lengths=None, training=False):
        hidden, new_state = inputs, []
        for part, dropout, before in zip(
            self.convolutions, self.dropout_layers, state, strict=True
        ):
            hidden, after = part(hidden, [before], lengths)
            hidden = dropout(ops.relu(hidden), training=training)
            new_state += after
        if self.projection is not None:
            inputs = self.projection(inputs)
        return ops.relu(inputs + hidden), new_state

    def compute_output_shape(self, input_shape):
        states = [(input_shape[0], *shape) for shape in self.state_shapes]
        return (*input_shape[:-1], self.output_size), states
