"""Heads: their likelihoods and moments against NumPy, their draws against what they promise."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from zoo.layers import BernoulliHead, BernoulliLikelihood, GaussianHead, GaussianLikelihood

RNG = np.random.default_rng(0)


def numpy(x):
    return ops.convert_to_numpy(x)


def gaussian_parameters(*shape):
    return RNG.normal(size=(*shape, 2)).astype("float32")


def test_the_likelihood_of_real_numbers():
    """The logarithm of the density, written out in float64."""
    parameters, values = gaussian_parameters(2, 3, 4), RNG.normal(size=(2, 3, 4)).astype("float32")
    mean, deviation = parameters[..., 0].astype("float64"), np.exp(parameters[..., 1])
    density = np.exp(-((values - mean) ** 2) / 2 / deviation**2) / np.sqrt(2 * np.pi) / deviation
    found = numpy(GaussianLikelihood().call(values, parameters))
    np.testing.assert_allclose(found, -np.log(density).mean(-1), rtol=1e-4, atol=1e-5)
    weighted = numpy(GaussianLikelihood(beta=0.5).call(values, parameters))
    np.testing.assert_allclose(
        weighted, (-np.log(density) * deviation).mean(-1), rtol=1e-4, atol=1e-5
    )


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="gradients by TensorFlow")
def test_with_beta_means_learn_as_from_the_squared_error():
    import tensorflow as tf

    parameters = tf.constant(gaussian_parameters(5, 3))
    values = tf.constant(RNG.normal(size=(5, 3)), tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(parameters)
        likelihood = tf.reduce_sum(GaussianLikelihood(beta=1.0).call(values, parameters))
        plain = tf.reduce_sum(GaussianLikelihood().call(values, parameters))
    found, other = tape.gradient(likelihood, parameters), tape.gradient(plain, parameters)
    np.testing.assert_allclose(found[..., 0], (parameters[..., 0] - values) / 3, rtol=1e-4)
    variance = np.exp(2 * parameters[..., 1])
    np.testing.assert_allclose(found[..., 1], variance * other[..., 1], rtol=1e-3, atol=1e-5)


def test_the_likelihood_of_zeros_and_ones():
    """Minus the logarithm of a product of probabilities; over all vectors these sum to one."""
    logits = RNG.normal(size=(3, 4)).astype("float32") * 2
    probability = 1 / (1 + np.exp(-logits.astype("float64")))
    total = np.zeros(3)
    for vector in itertools.product((0.0, 1.0), repeat=4):
        values = np.tile(np.array(vector, "float32"), (3, 1))
        found = numpy(BernoulliLikelihood().call(values, logits))
        chosen = np.where(values > 0, probability, 1 - probability)
        np.testing.assert_allclose(found, -np.log(chosen.prod(-1)), rtol=1e-4, atol=1e-5)
        total += np.exp(-found)
    np.testing.assert_allclose(total, 1, rtol=1e-5)


def test_certainty_costs_nothing_and_the_opposite_no_more_than_its_logit():
    logits = np.array([[200.0, -200.0]], "float32")
    loss = BernoulliLikelihood()
    assert float(loss.call(np.array([[1.0, 0.0]]), logits)[0]) == 0
    assert float(loss.call(np.array([[0.0, 0.0]]), logits)[0]) == 200


def test_draws_have_the_moments_that_are_promised():
    rng, many = np.random.default_rng(1), 40_000
    gaussian = GaussianHead(2)
    parameters = np.tile(np.array([[1.0, 0.5], [-2.0, -1.0]], "float32"), (many, 1, 1))
    drawn = numpy(gaussian.drawn(parameters, gaussian.noise(rng, (many, 2))))
    np.testing.assert_allclose(drawn.mean(0), [1, -2], atol=0.05)
    np.testing.assert_allclose(drawn.std(0), numpy(gaussian.deviation(parameters))[0], rtol=0.03)
    bernoulli = BernoulliHead(3)
    logits = np.tile(np.array([-1.0, 0.0, 2.0], "float32"), (many, 1))
    drawn = numpy(bernoulli.drawn(logits, bernoulli.noise(rng, (many, 3))))
    assert set(np.unique(drawn)) == {0, 1}
    np.testing.assert_allclose(drawn.mean(0), 1 / (1 + np.exp(-logits[0])), atol=0.01)
    np.testing.assert_allclose(drawn.std(0), numpy(bernoulli.deviation(logits))[0], atol=0.01)


def test_moved_values_are_as_probable_as_before():
    parameters, values = gaussian_parameters(5, 3), RNG.normal(size=(5, 3)).astype("float32")
    by = RNG.normal(size=(5, 3)).astype("float32")
    loss = GaussianLikelihood()
    moved = loss.call(values + by, GaussianHead.moved(parameters, by))
    np.testing.assert_allclose(numpy(moved), numpy(loss.call(values, parameters)), rtol=1e-3)
    with pytest.raises(ValueError, match="no use for a level"):
        BernoulliHead.moved(parameters, by)


@pytest.mark.parametrize("head, more", [(GaussianHead(3), (2,)), (BernoulliHead(3), ())])
def test_shapes_and_configs(head, more):
    inputs = np.ones((2, 5, 4), "float32")
    shape = (2, 5, 3, *more)
    assert tuple(head(inputs).shape) == tuple(head.compute_output_shape(inputs.shape)) == shape
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(head))
    assert again.size == 3
    loss = head.loss()
    assert type(keras.losses.deserialize(keras.losses.serialize(loss))) is type(loss)
