"""Adversarial training: the step against finite differences, and what is trained."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick

import zoo
from zoo.backend.gradients import input_gradient
from zoo.tasks.classification.adversarial import Adversarial
from zoo.training.losses import SmoothedCrossEntropy

WORDS = np.array([[2, 3, 4, 0], [5, 6, 0, 0], [7, 2, 3, 5]], "int32")
LABELS = np.array([0, 1, 1], "int32")
COMPILED = keras.backend.backend() == "jax"  # eagerly, JAX compiles every loop anew


@pytest.fixture
def classifier():
    keras.utils.set_random_seed(1)
    model = zoo.build(
        "sentiment", units=6, embedding_size=4, vocabulary_size=9, dropout=0.0, word_dropout=0.0
    )
    table = model.features.embedding.embeddings
    table.assign(20 * table)  # so that the words say something before anything is learned
    return model


@pytest.fixture
def model(classifier):
    adversarial = Adversarial(classifier, norm=0.5)
    adversarial.compile(
        optimizer=keras.optimizers.Adam(0.02), loss=SmoothedCrossEntropy(), jit_compile=COMPILED
    )
    return adversarial


def numpy_of(x):
    return np.asarray(ops.convert_to_numpy(x), "float64")


@pytest.fixture
def loss_of(classifier):
    logits_of = quick(classifier.classify_vectors, classifier)

    def loss(features):
        logits = numpy_of(logits_of(ops.convert_to_tensor(features), WORDS != 0))
        log_probs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        return -log_probs[np.arange(3), LABELS].mean()

    return loss


def test_the_gradient_is_that_of_finite_differences():
    x = np.array([0.3, -1.2, 2.0], "float32")
    value, gradient = input_gradient(lambda x: ops.sum(ops.sin(x) * x), ops.convert_to_tensor(x))
    np.testing.assert_allclose(numpy_of(value), (np.sin(x) * x).sum(), rtol=1e-5)
    np.testing.assert_allclose(numpy_of(gradient), np.cos(x) * x + np.sin(x), rtol=1e-5)


def test_the_loss_is_half_that_of_the_worst_step(classifier, model, loss_of):
    features = numpy_of(classifier.features(WORDS)).astype("float32")
    gradient = np.zeros_like(features)
    for place in np.ndindex(features.shape):
        change = np.zeros_like(features)
        change[place] = 0.01
        gradient[place] = (loss_of(features + change) - loss_of(features - change)) / 0.02
    real = (WORDS != 0)[..., None]
    assert abs(gradient * ~real).max() < 1e-6  # padding is no part of a text
    scale = np.sqrt((features**2 * real).sum() / (real.sum() * 4))
    length = np.sqrt((gradient**2).sum(axis=(1, 2), keepdims=True))
    worst = loss_of(features + 0.5 * scale * gradient / length)
    clean = loss_of(features)
    assert worst > clean + 0.01
    found = model.compute_loss(
        {"words": WORDS}, LABELS, model({"words": WORDS}, training=True), np.ones(3, "float32")
    )
    np.testing.assert_allclose(numpy_of(found), (clean + worst) / 2, atol=2e-4)


def test_fit_trains_every_weight_and_evaluate_is_the_classifiers(classifier, model, loss_of):
    before = [numpy_of(w) for w in classifier.trainable_weights]
    model.fit({"words": WORDS}, LABELS, epochs=40, verbose=0, batch_size=3)
    for weight, old in zip(classifier.trainable_weights, before, strict=True):
        assert not np.allclose(numpy_of(weight), old), weight.path
    assert numpy_of(classifier({"words": WORDS})).argmax(-1).tolist() == LABELS.tolist()
    features = numpy_of(classifier.features(WORDS)).astype("float32")
    found = model.evaluate({"words": WORDS}, LABELS, verbose=0, batch_size=3)
    np.testing.assert_allclose(found, loss_of(features), rtol=1e-4)


def test_the_step_is_nearly_the_same_in_rough_precision(model):
    draw = np.random.default_rng(0).normal
    features, gradient = draw(size=(3, 400, 16)), 1e-4 * draw(size=(3, 400, 16))
    mask = np.ones((3, 400), bool)
    exact = numpy_of(model._step(features.astype("float32"), gradient.astype("float32"), mask))
    features, gradient = ops.cast(features, "bfloat16"), ops.cast(gradient, "bfloat16")
    rough = model._step(features, gradient, mask)
    assert keras.backend.standardize_dtype(rough.dtype) == "bfloat16"
    np.testing.assert_allclose(numpy_of(ops.cast(rough, "float32")), exact, atol=0.01 * exact.max())


def test_a_norm_that_is_none(classifier):
    with pytest.raises(ValueError, match="norm must be positive"):
        Adversarial(classifier, 0.0)
