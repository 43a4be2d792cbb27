"""Labels without times: a head that says at each frame a label, or none."""

from __future__ import annotations

import keras
from keras import ops

from zoo.backend.ctc import ctc_loss

BLANK = 0  # what is said at a frame without a label
_NEVER = -1e4  # a logit of padding, which no label of a real frame has


@keras.saving.register_keras_serializable(package="zoo")
class CTCHead(keras.layers.Layer):
    """Logits of each frame, of which the first is the blank; padding is blank for sure.

    The output layer of connectionist temporal classification (Graves et al. 2006, section 2). As
    padding is said for sure to have no label, neither the loss nor a search needs to be told how
    long a row is, though both may be.

    Args:
        size: labels, the blank among them.

    Example:

    >>> mask = keras.ops.convert_to_tensor([[True, False]])
    >>> CTCHead(3)(keras.ops.zeros((1, 2, 4)), mask).tolist()  # doctest: +SKIP
    [[[0.0, 0.0, 0.0], [0.0, -10000.0, -10000.0]]]
    """

    def __init__(self, size: int, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.output_layer = keras.layers.Dense(size, dtype=self.dtype_policy)

    def build(self, input_shape):
        self.output_layer.build(input_shape)

    def call(self, inputs, mask=None):
        """Gives the logits.

        Args:
            inputs: `[batch, time, features]`.
            mask: bool `[batch, time]`, True = real. None: all are.

        Returns:
            float32 `[batch, time, size]`.
        """
        logits = ops.cast(self.output_layer(inputs), "float32")
        if mask is None:
            return logits
        silence = ops.where(ops.arange(self.size) == BLANK, 0.0, _NEVER)
        return ops.where(ops.expand_dims(mask, -1), logits, ops.cast(silence, "float32"))

    @staticmethod
    def loss() -> CTCLoss:
        """The negative log-likelihood; see `CTCLoss`."""
        return CTCLoss()

    def compute_output_shape(self, input_shape, mask_shape=None):
        return (*input_shape[:-1], self.size)

    def get_config(self):
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable(package="zoo")
class CTCLoss(keras.losses.Loss):
    """Negative log-likelihood in nats of label sequences under a `CTCHead`; see `ctc_loss`.

    A row whose labels do not fit into its frames counts as 0.

    `y_true` is int `[batch, label time]`, filled up with 0, which may be as long as `y_pred` or
    not; `y_pred` float `[batch, time, size]`. Weights are those of rows, `[batch]`.
    """

    def __init__(self, name: str = "ctc_loss", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        labels = ops.cast(y_true, "int32")
        label_lengths = ops.sum(ops.cast(labels != BLANK, "int32"), axis=1)
        return ctc_loss(labels, y_pred, label_lengths, frame_counts(y_pred))


def frame_counts(logits):
    """Real frames of each row of a `CTCHead`'s logits, int32 `[batch]`."""
    is_real = logits[..., -1] > _NEVER / 2
    return ops.sum(ops.cast(is_real, "int32"), axis=1)
