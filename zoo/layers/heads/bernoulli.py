"""Vectors of zeros and ones, such as which keys of a piano sound."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="zoo")
class BernoulliHead(keras.layers.Layer):
    """The logit of each value's being one, independent of the others (Boulanger-Lewandowski 2012).

    The output layer of the plain RNN in arXiv:1206.6392, section 7. See `zoo.layers.heads` for the
    interface.

    Args:
        size: values of a vector.

    Example:

    >>> tuple(BernoulliHead(88)(keras.ops.ones((2, 5, 4))).shape)
    (2, 5, 88)
    """

    has_scale = False

    def __init__(self, size: int, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.logit_layer = keras.layers.Dense(size, name="logit", dtype=self.dtype_policy)

    def build(self, input_shape):
        self.logit_layer.build(input_shape)

    def call(self, inputs):
        """`[..., features]` to logits `[..., size]`."""
        return self.logit_layer(inputs)

    @staticmethod
    def expected(parameters):
        """One where that is more probable than zero."""
        return ops.cast(parameters > 0, parameters.dtype)

    @staticmethod
    def deviation(parameters):
        """The square roots of `p (1 - p)`."""
        probability = ops.sigmoid(parameters)
        return ops.sqrt(probability * (1 - probability))

    @staticmethod
    def drawn(parameters, noise):
        """One with its probability: where the noise is below it."""
        return ops.cast(noise < ops.sigmoid(parameters), parameters.dtype)

    @staticmethod
    def moved(parameters, by):
        """Refused: zeros and ones have no level."""
        raise ValueError("A BernoulliHead has no use for a level: leave it out.")

    @staticmethod
    def noise(rng: np.random.Generator, shape) -> np.ndarray:
        """Numbers that are equally probable from 0 to 1, float32."""
        return rng.random(shape, "float32")

    @staticmethod
    def loss() -> BernoulliLikelihood:
        """The negative log-likelihood of a vector."""
        return BernoulliLikelihood()

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.size)

    def get_config(self):
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable(package="zoo")
class BernoulliLikelihood(keras.losses.Loss):
    """Negative log-likelihood in nats of vectors under a `BernoulliHead`, the sum over a vector.

    Of logits, so that no probability is 0. `y_true` and `y_pred` are `[..., size]`.
    """

    def __init__(self, name: str = "bernoulli_likelihood", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        logits, values = ops.cast(y_pred, "float32"), ops.cast(y_true, "float32")
        return ops.sum(ops.softplus(logits) - values * logits, axis=-1)
