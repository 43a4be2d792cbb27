"""Vectors of real numbers: a normal distribution for each value."""

from __future__ import annotations

import math

import keras
import numpy as np
from keras import ops

_NARROWEST, _WIDEST = -7.0, 7.0  # logarithms of deviations


@keras.saving.register_keras_serializable(package="zoo")
class GaussianHead(keras.layers.Layer):
    """Mean and logarithm of the deviation of each value, from linear layers.

    The head of mixture density networks (Bishop 1994) with one component and independent values.
    See `zoo.layers.heads` for the interface.

    Args:
        size: values of a vector.

    Example:

    >>> tuple(GaussianHead(3)(keras.ops.ones((2, 5, 4))).shape)
    (2, 5, 3, 2)
    """

    has_scale = True

    def __init__(self, size: int, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.mean_layer = keras.layers.Dense(size, name="mean", dtype=self.dtype_policy)
        self.deviation_layer = keras.layers.Dense(
            size, name="log_deviation", kernel_initializer="zeros", dtype=self.dtype_policy
        )

    def build(self, input_shape):
        self.mean_layer.build(input_shape)
        self.deviation_layer.build(input_shape)

    def call(self, inputs):
        """`[..., features]` to `[..., size, 2]`: means and logarithms of deviations."""
        log_deviation = ops.clip(self.deviation_layer(inputs), _NARROWEST, _WIDEST)
        return ops.stack([self.mean_layer(inputs), log_deviation], axis=-1)

    @staticmethod
    def expected(parameters):
        """The means."""
        return parameters[..., 0]

    @staticmethod
    def deviation(parameters):
        """The deviations."""
        return ops.exp(parameters[..., 1])

    def drawn(self, parameters, noise):
        """The means, and so many deviations beside them."""
        return self.expected(parameters) + self.deviation(parameters) * noise

    @staticmethod
    def moved(parameters, by):
        """The parameters with other means."""
        return ops.stack([parameters[..., 0] + by, parameters[..., 1]], axis=-1)

    @staticmethod
    def noise(rng: np.random.Generator, shape) -> np.ndarray:
        """Standard normal numbers, float32."""
        return rng.standard_normal(shape).astype("float32")

    @staticmethod
    def loss(beta: float = 0.0) -> GaussianLikelihood:
        """The negative log-likelihood; see `GaussianLikelihood`."""
        return GaussianLikelihood(beta)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.size, 2)

    def get_config(self):
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable(package="zoo")
class GaussianLikelihood(keras.losses.Loss):
    """Negative log-likelihood in nats of values under a `GaussianHead`, the mean over the values.

    With `beta` each value's term is weighted by its variance to the power of `beta`, through which
    no gradient goes (Seitzer et al. 2022, arXiv:2203.09168, eq. 5): with 1 means learn as from the
    squared error, and deviations as well.

    Args:
        beta: 0 for the likelihood, up to 1.

    `y_true` is `[..., size]`, `y_pred` `[..., size, 2]`.
    """

    def __init__(self, beta: float = 0.0, name: str = "gaussian_likelihood", **kwargs):
        super().__init__(name=name, **kwargs)
        self.beta = beta

    def call(self, y_true, y_pred):
        y_pred = ops.cast(y_pred, "float32")
        log_deviation = y_pred[..., 1]
        z = (ops.cast(y_true, "float32") - y_pred[..., 0]) * ops.exp(-log_deviation)
        terms = 0.5 * ops.square(z) + log_deviation + 0.5 * math.log(2 * math.pi)
        if self.beta:
            terms = terms * ops.stop_gradient(ops.exp(2 * self.beta * log_deviation))
        return ops.mean(terms, axis=-1)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta}
