"""Training on a model's own output, and the width of intervals, against loops written out."""

from __future__ import annotations

from statistics import NormalDist

import keras
import numpy as np
import pytest
from keras import ops
from small_forecaster import small_forecaster, walks

from zoo.layers import GaussianHead
from zoo.tasks.forecasting.calibration import forecasts, spread_of
from zoo.tasks.forecasting.free_running import FreeRunning

PASTS = walks(4, 9)
LENGTHS = np.full(4, 9, "int32")


@pytest.mark.parametrize("config", [{}, {"joint": True, "cell": None}, {"body": "tcn"}])
def test_it_says_what_the_forecaster_says_of_its_own_output(config):
    model = small_forecaster(**config)
    found = ops.convert_to_numpy(FreeRunning(model, 9)({"series": PASTS, "lengths": LENGTHS}))
    assert found.shape == (4, 15, 2, 2)  # from the second patch on
    first = ops.convert_to_numpy(model({"series": PASTS, "lengths": LENGTHS}))
    np.testing.assert_allclose(found[:, :9], first, rtol=1e-4, atol=1e-5)
    values, deviations = model.expected(PASTS, LENGTHS, 3)
    np.testing.assert_allclose(found[:, 6:, :, 0], values, rtol=1e-3, atol=1e-4)
    ratio = deviations / np.exp(found[:, 6:, :, 1])  # the same ahead: that of errors in the past
    np.testing.assert_allclose(ratio, ratio[:, :1].repeat(9, 1), rtol=1e-3)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="gradients by TensorFlow")
def test_deviations_learn_from_true_values_alone():
    import tensorflow as tf

    model = small_forecaster()
    trained = FreeRunning(model, 6)
    with tf.GradientTape() as tape:
        found = trained({"series": PASTS, "lengths": LENGTHS})
        ahead = tf.reduce_sum(found[:, 9:, :, 1])
    deviation = model.head.deviation_layer.kernel.value
    gradient = tape.gradient(ahead, deviation)
    assert gradient is None or not gradient.numpy().any()
    with tf.GradientTape() as tape:
        found = trained({"series": PASTS, "lengths": LENGTHS})
        ahead = tf.reduce_sum(found[:, 9:, :, 0])
    mean = model.head.mean_layer.kernel.value
    assert np.abs(tape.gradient(ahead, mean)).sum() > 0


def test_fit_trains_the_forecaster():
    model = small_forecaster()
    trained = FreeRunning(model, 6)
    trained.compile(keras.optimizers.Adam(1e-2), GaussianHead.loss(beta=1.0))
    labels = walks(4, 12, seed=3)
    before = [ops.convert_to_numpy(w) for w in model.trainable_weights]
    done = trained.fit(
        {"series": PASTS, "lengths": LENGTHS}, labels, epochs=6, verbose=0, batch_size=4
    )
    assert done.history["loss"][-1] < done.history["loss"][0]
    for old, weight in zip(before, model.trainable_weights, strict=True):
        assert np.any(old != ops.convert_to_numpy(weight)), weight.path


def test_intervals_of_a_spread_hold_what_they_promise():
    """On the very windows that they were measured on, for each column and patch ahead."""
    model = small_forecaster()
    pasts = walks(300, 9, seed=8)
    futures = np.random.default_rng(9).standard_t(3, (300, 6, 2)).astype("float32")
    model.spread = spread_of(model, pasts, futures, interval=0.6)
    assert np.shape(model.spread) == (2, 2)
    parts = list(forecasts(model, pasts, 6))
    assert [(some.start, some.stop) for some, _, _ in parts] == [(0, 256), (256, 300)]
    values, deviations = (np.concatenate(x) for x in list(zip(*parts, strict=True))[1:])
    beyond = NormalDist().inv_cdf(0.8) * model.widths(6) * deviations
    held = (np.abs(futures - values) <= beyond).reshape(300, 2, 3, 2).mean((0, 2))
    np.testing.assert_allclose(held, 0.6, atol=0.01)
