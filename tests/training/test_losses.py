"""The loss against its definition in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from gradients import value_and_gradients
from keras import ops

from zoo.training.losses import SmoothedCrossEntropy


def reference(labels, logits, smoothing):
    """Cross-entropy with the target distribution written out."""
    logits = logits.astype("float64")
    log_probs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    vocabulary = logits.shape[-1]
    target = np.eye(vocabulary)[labels] * (1 - smoothing) + smoothing / vocabulary
    return -(target * log_probs).sum(-1)


def example(seed=0):
    rng = np.random.default_rng(seed)
    weights = np.array([[1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 1, 1]], "float32")
    return rng.integers(0, 7, (3, 4)), rng.normal(size=(3, 4, 7)).astype("float32") * 2, weights


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_loss_is_the_definition(smoothing):
    labels, logits, weights = example()
    loss = SmoothedCrossEntropy(smoothing)(labels, logits, sample_weight=weights)
    expected = (reference(labels, logits, smoothing) * weights).sum() / weights.size
    np.testing.assert_allclose(loss, expected, rtol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_gradient_is_that_of_finite_differences(smoothing):
    labels, logits, weights = example()
    loss = SmoothedCrossEntropy(smoothing)
    _, (gradient,), _ = value_and_gradients(
        lambda logits: loss(labels, logits, sample_weight=weights), [], [logits]
    )
    for place in np.ndindex(logits.shape):
        values = []
        for eps in (1e-5, -1e-5):
            moved = logits.astype("float64")
            moved[place] += eps
            values.append((reference(labels, moved, smoothing) * weights).sum() / weights.size)
        np.testing.assert_allclose(gradient[place], (values[0] - values[1]) / 2e-5, atol=1e-6)


def test_large_logits_stay_finite():
    labels, logits, weights = example()
    loss = SmoothedCrossEntropy(0.1)
    value, (gradient,), _ = value_and_gradients(
        lambda logits: loss(labels, logits, sample_weight=weights), [], [logits * 1e4]
    )
    assert np.isfinite(value) and np.isfinite(gradient).all()


def test_half_precision_sums_in_float32():
    labels, logits, _ = example()
    half = ops.cast(logits, "bfloat16")
    exact = reference(labels, np.asarray(ops.convert_to_numpy(ops.cast(half, "float32"))), 0.1)
    np.testing.assert_allclose(SmoothedCrossEntropy(0.1)(labels, half), exact.mean(), rtol=1e-5)


def test_bad_smoothing_is_named():
    with pytest.raises(ValueError, match="smoothing must be in"):
        SmoothedCrossEntropy(1.0)
