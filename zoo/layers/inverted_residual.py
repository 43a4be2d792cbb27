"""The block of small convolutional networks: wide within, narrow between, a shortcut around it."""

from __future__ import annotations

import keras


@keras.saving.register_keras_serializable(package="zoo")
class InvertedResidual(keras.layers.Layer):
    """Expands the channels, convolves each by itself, and projects them to few.

        y = project(relu6(depthwise(relu6(expand(x)))))  [+ x]

    The inverted residual with linear bottleneck of Sandler et al. 2018 (MobileNetV2,
    arXiv:1801.04381, section 3.3), batch norms folded into kernels and biases. The input is added
    where the output has its shape: stride 1 and as many filters as channels.

    Args:
        filters: channels of the output.
        kernel_size: height and width of the depthwise kernel.
        stride: of the depthwise convolution.
        expansion: channels within for each channel of the input; 1: there is no expansion.

    Input `[batch, height, width, channels]`, output `[batch, height / stride, width / stride,
    filters]`, rounded up (TensorFlow's "same" padding).

    Example:

    >>> import keras
    >>> tuple(InvertedResidual(6, stride=2)(keras.ops.ones((2, 7, 7, 4))).shape)
    (2, 4, 4, 6)
    """

    def __init__(
        self, filters: int, kernel_size: int = 3, stride: int = 1, expansion: int = 6, **kwargs
    ):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.stride = stride
        self.expansion = expansion
        self.expand = None

    def build(self, input_shape):
        channels = input_shape[-1]
        wide = channels * self.expansion
        shape = (None, None, None, wide)
        if self.expansion != 1:
            self.expand = keras.layers.Conv2D(
                wide, 1, activation="relu6", data_format="channels_last", name="expand"
            )
            self.expand.build((None, None, None, channels))
        self.depthwise = keras.layers.DepthwiseConv2D(
            self.kernel_size,
            strides=self.stride,
            padding="same",
            activation="relu6",
            data_format="channels_last",
            name="depthwise",
        )
        self.depthwise.build(shape)
        self.project = keras.layers.Conv2D(
            self.filters, 1, data_format="channels_last", name="project"
        )
        self.project.build(shape)
        self.is_residual = self.stride == 1 and self.filters == channels

    def call(self, inputs):
        hidden = inputs if self.expand is None else self.expand(inputs)
        outputs = self.project(self.depthwise(hidden))
        return outputs + inputs if self.is_residual else outputs

    def compute_output_shape(self, input_shape):
        batch, *sides, _ = input_shape
        sides = [None if side is None else -(-side // self.stride) for side in sides]
        return (batch, *sides, self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "expansion": self.expansion,
        }
