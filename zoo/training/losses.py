"""Losses over tokens."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="zoo")
class SmoothedCrossEntropy(keras.losses.Loss):
    """Cross-entropy of token ids against logits, with label smoothing.

    The target distribution keeps `1 - smoothing` on the true token and spreads `smoothing` evenly
    over the vocabulary (Szegedy et al. 2016, arXiv:1512.00567, section 7). Its gradient is written
    out, so that no array of the size of the logits is kept but the logits themselves.

    Args:
        smoothing: in `[0, 1)`.

    `y_true` is int `[batch, time]`, `y_pred` float `[batch, time, vocabulary]`; padding is left out
    by a sample weight of 0. The loss is the weighted sum over the positions, divided by their
    number with padding: batches of one shape weigh alike, and replicas add up to the global batch
    exactly.
    """

    def __init__(self, smoothing: float = 0.0, name: str = "loss", **kwargs):
        super().__init__(name=name, **kwargs)
        if not 0 <= smoothing < 1:
            raise ValueError(f"smoothing must be in [0, 1), not {smoothing!r}.")
        self.smoothing = smoothing

    def call(self, y_true, y_pred):
        return smoothed_cross_entropy(y_true, y_pred, self.smoothing)

    def get_config(self):
        return {**super().get_config(), "smoothing": self.smoothing}


def smoothed_cross_entropy(labels, logits, smoothing: float = 0.0):
    """Cross-entropy of each position in nats.

    Args:
        labels: int `[...]`.
        logits: float `[..., vocabulary]`; the sums run in float32.
        smoothing: see `SmoothedCrossEntropy`.

    Returns:
        float32 `[...]`.
    """
    vocabulary = logits.shape[-1]

    @ops.custom_gradient
    def run(logits, labels):
        logits32 = ops.cast(logits, "float32")
        log_sum = ops.logsumexp(logits32, axis=-1, keepdims=True)
        one_hot = ops.expand_dims(labels, -1) == ops.arange(vocabulary, dtype=labels.dtype)
        true_logit = ops.sum(ops.where(one_hot, logits32, 0.0), axis=-1)
        loss = ops.squeeze(log_sum, -1) - (1 - smoothing) * true_logit
        if smoothing:
            loss = loss - smoothing * ops.mean(logits32, axis=-1)

        def gradient(upstream, *_, **__):
            if isinstance(upstream, (tuple, list)):
                (upstream,) = upstream
            target = ops.where(
                one_hot, 1 - smoothing + smoothing / vocabulary, smoothing / vocabulary
            )
            error = ops.exp(logits32 - log_sum) - target
            return ops.cast(error * ops.expand_dims(upstream, -1), logits.dtype), None

        return loss, gradient

    return run(logits, ops.convert_to_tensor(labels))
