"""float16 with a scaled loss: overflow costs a step and no weights, and a run goes on from it."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import zoo
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.optimizers import adam
from zoo.training.training_run import TrainingRun

FIRST = 2.0**15  # what Keras begins with


def compiled_model(cell="gru", dtype="mixed_float16"):
    keras.utils.set_random_seed(3)
    sizes = dict(units=8, embedding_size=6, vocabulary_size=11, dropout=0.0)
    model = zoo.build("nmt", cell=cell, dtype=dtype, **sizes)
    model.compile(adam(0.02, clip=1.0), SmoothedCrossEntropy(0.1), jit_compile=False)
    return model


def batch(seed=0):
    rng = np.random.default_rng(seed)
    source, target, labels = (rng.integers(4, 11, (8, 5)).astype("int32") for _ in range(3))
    return {"source": source, "target": target}, labels


def weights_of(model):
    return [ops.convert_to_numpy(w).copy() for w in model.trainable_weights]


@pytest.mark.parametrize("cell", ["lstm"])
def test_it_learns_as_float32_does(cell):
    model = compiled_model(cell)
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert model.encoder.compute_dtype == "float16"
    assert {w.dtype for w in model.trainable_weights} == {"float32"}
    inputs, labels = batch()
    how = dict(epochs=20, batch_size=8, verbose=0)
    losses = model.fit(inputs, labels, **how).history["loss"]
    expected = compiled_model(cell, "float32").fit(inputs, labels, **how).history["loss"]
    assert losses[-1] < losses[0] - 0.3
    np.testing.assert_allclose(losses, expected, rtol=0.03)
    assert float(model.optimizer.dynamic_scale) == FIRST


def test_overflow_costs_a_step_and_halves_the_scale():
    model = compiled_model()
    inputs, labels = batch()
    model.fit(inputs, labels, batch_size=8, verbose=0)
    before = weights_of(model)
    moments = [ops.convert_to_numpy(w).copy() for w in model.optimizer.inner_optimizer.variables]
    weight = np.full(labels.shape, 1e6, "float32")  # times 2 ** 15 no float16 holds it
    model.fit(inputs, labels, sample_weight=weight, batch_size=8, verbose=0)
    for one, other in zip(before, weights_of(model), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(moments, model.optimizer.inner_optimizer.variables, strict=True):
        np.testing.assert_array_equal(one, ops.convert_to_numpy(other))
    assert float(model.optimizer.dynamic_scale) == FIRST / 2
    model.fit(inputs, labels, batch_size=8, verbose=0)
    assert any((a != b).any() for a, b in zip(before, weights_of(model), strict=True))


def test_a_run_keeps_the_scale(tmp_path):
    """Interrupted after an overflow, it ends where an uninterrupted one does."""

    def epoch(run, number):
        inputs, labels = batch(number)
        weight = np.full(labels.shape, 1e6 if number == 0 else 1.0, "float32")
        run.model.fit(inputs, labels, sample_weight=weight, batch_size=8, verbose=0)
        run.end_epoch(score=float(number), log={})

    straight = TrainingRun(tmp_path / "straight", compiled_model())
    for number in range(3):
        epoch(straight, number)
    epoch(TrainingRun(tmp_path / "broken", compiled_model()), 0)
    again = TrainingRun(tmp_path / "broken", compiled_model())
    assert float(again.model.optimizer.dynamic_scale) == FIRST / 2
    for number in (1, 2):
        epoch(again, number)
    # Sums of float16 in threads have no order, so bits may differ; without the moments of the
    # optimizer a step would be another by about the rate, 0.02.
    for one, other in zip(weights_of(straight.model), weights_of(again.model), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=5e-4)
