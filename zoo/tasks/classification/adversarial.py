"""Adversarial training of a classifier: also right where its input is moved to where it is not."""

from __future__ import annotations

import keras
from keras import ops

from zoo.backend.gradients import input_gradient


class Adversarial(keras.Model):
    """Trains a `SequenceClassifier` on its features and on the worst ones close to them.

    To the loss of a batch is added that of the same texts with their features moved by
    `r = norm * g / |g|`, `g` being the gradient of the loss with respect to all features of a text,
    taken as a constant (Miyato et al. 2017, arXiv:1605.07725, eqs. 4 and 5). Instead of normalising
    the embeddings, the norm is counted in root mean squares of the batch's features.

    `fit` trains the weights of the classifier, which is then used and saved without this. A step
    takes about two and a half times as long as without.

    Args:
        classifier: the model.
        norm: length of `r`; 5 in the paper, whose vectors are 256 wide.

    Raises:
        ValueError: if `norm` is not positive.
    """

    def __init__(self, classifier: keras.Model, norm: float = 5.0, **kwargs):
        super().__init__(**kwargs)
        if norm <= 0:
            raise ValueError(f"norm must be positive, not {norm!r}.")
        self.classifier = classifier
        self.norm = norm
        self.built = True

    def build(self, input_shape=None):
        self.built = True

    def call(self, inputs, training=False):
        """In training the features of the words, else the classifier's logits."""
        if training:
            return self.classifier.features(inputs["words"], training=True)
        return self.classifier(inputs)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Half the loss at the features, half that at the worst ones close to them."""
        if not training:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        mask = ops.not_equal(x["words"], 0)

        def loss_at(features):
            logits = self.classifier.classify_vectors(features, mask, training=True)
            return super(Adversarial, self).compute_loss(x, y, logits, sample_weight, training)

        clean, gradient = input_gradient(loss_at, y_pred)
        return 0.5 * (
            clean + loss_at(y_pred + ops.stop_gradient(self._step(y_pred, gradient, mask)))
        )

    def _step(self, features, gradient, mask):
        """Which way each text's features are to move, `[batch, time, features]`."""
        dtype = features.dtype
        features, gradient = ops.cast(features, "float32"), ops.cast(gradient, "float32")
        real = ops.cast(ops.expand_dims(mask, -1), "float32")
        values = ops.maximum(ops.sum(real) * features.shape[-1], 1.0)
        scale = ops.sqrt(ops.sum(ops.square(features) * real) / values)
        length = ops.sqrt(ops.sum(ops.square(gradient * real), axis=(1, 2), keepdims=True))
        step = self.norm * scale * gradient * real / ops.maximum(length, 1e-12)
        return ops.cast(step, dtype)
