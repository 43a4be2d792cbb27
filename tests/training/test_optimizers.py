"""Clipping, accumulation and averages against plain sums; schedules against their formulas."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest

from zoo.training.optimizers import MovingAverage, adam
from zoo.training.schedules import SHAPES, schedule_of

GRADIENTS = [np.array([3.0, 4.0], "float32"), np.array([0.0, 12.0], "float32")]  # norm 13


def plain_adam(weights, steps, rate=0.1, decay=0.0):
    """Adam of Kingma and Ba 2015, algorithm 1, with squares forgotten at 0.99, in float64."""
    means = [np.zeros(2) for _ in weights]
    squares = [np.zeros(2) for _ in weights]
    for t, gradients in enumerate(steps, 1):
        for i, gradient in enumerate(gradients):
            weights[i] = weights[i] * (1 - rate * decay)
            means[i] = 0.9 * means[i] + 0.1 * gradient
            squares[i] = 0.99 * squares[i] + 0.01 * gradient**2
            mean, square = means[i] / (1 - 0.9**t), squares[i] / (1 - 0.99**t)
            weights[i] = weights[i] - rate * mean / (np.sqrt(square) + 1e-7)
    return weights


@pytest.mark.parametrize(
    "settings, seen",
    [
        ({"clip": None}, lambda g: g),
        ({"clip": 1.0}, lambda g: g / 13),
        ({"clip_value": 3.5}, lambda g: np.clip(g, -3.5, 3.5)),
        ({"clip": None, "weight_decay": 0.1}, lambda g: g),
    ],
)
def test_a_step_is_the_formulas(settings, seen):
    optimizer = adam(0.1, **settings)
    weights = [keras.Variable(np.ones(2, "float32")) for _ in GRADIENTS]
    optimizer.build(weights)
    steps = [[g * scale for g in GRADIENTS] for scale in (1.0, -0.5)]
    for gradients in steps:
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients], weights)
    norms = [1.0, 0.5]
    expected = []
    for gradients, norm in zip(steps, norms, strict=True):
        scale = 1 / norm if settings.get("clip") else 1.0
        expected.append([seen(g.astype("float64") * scale) for g in gradients])
    decay = settings.get("weight_decay", 0.0)
    for found, right in zip(
        weights, plain_adam([np.ones(2)] * 2, expected, decay=decay), strict=True
    ):
        np.testing.assert_allclose(keras.ops.convert_to_numpy(found), right, atol=1e-5)


def test_batches_that_are_accumulated_are_one():
    weights = [keras.Variable(np.ones(2, "float32")) for _ in range(2)]
    together, apart = adam(0.1, clip=None), adam(0.1, clip=None, accumulate=2)
    other = [keras.Variable(np.ones(2, "float32")) for _ in range(2)]
    together.build(weights)
    apart.build(other)
    together.apply([keras.ops.convert_to_tensor(g) for g in GRADIENTS], weights)
    for scale in (0.5, 1.5):
        apart.apply([keras.ops.convert_to_tensor(g * scale) for g in GRADIENTS], other)
    for one, two in zip(weights, other, strict=True):
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(one), keras.ops.convert_to_numpy(two), atol=1e-6
        )


def test_the_moving_average_is_its_recurrence():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    average = MovingAverage(model, 0.9)
    average.set_model(model)
    expected = [keras.ops.convert_to_numpy(w).astype("float64") for w in model.trainable_weights]
    for step in range(20):
        for weight in model.trainable_weights:
            weight.assign(weight + 1 + step)
        average.on_train_batch_end(step)
        kept = min(0.9, (1 + step) / (10 + step))
        expected = [
            kept * old + (1 - kept) * keras.ops.convert_to_numpy(new)
            for old, new in zip(expected, model.trainable_weights, strict=True)
        ]
    average.give_to(model)
    for weight, right in zip(model.trainable_weights, expected, strict=True):
        np.testing.assert_allclose(keras.ops.convert_to_numpy(weight), right, rtol=1e-5)


FORMULAS = {
    "inverse_sqrt": lambda i: 0.2 * min((i + 1) / 10, math.sqrt(10 / (i + 1))),
    "cosine": lambda i: (
        0.2
        * max(
            0.01, min((i + 1) / 10, 0.5 * (1 + math.cos(math.pi * min(max((i - 10) / 90, 0), 1))))
        )
    ),
    "linear": lambda i: 0.2 * max(0.01, min(1, (i + 1) / 10, (100 - i) / 50)),
    "constant": lambda i: 0.2 * min(1, (i + 1) / 10),
    "plateau": lambda i: 0.2 * min(1, (i + 1) / 10),  # before any halving
}


@pytest.mark.parametrize("shape", SHAPES)
def test_schedules_are_their_formulas(shape):
    schedule = schedule_of(shape, 0.2, 100, 10, 0.5)
    for step in (0, 3, 9, 10, 40, 77, 99, 100, 150):
        assert float(schedule(step)) == pytest.approx(FORMULAS[shape](step), rel=1e-4)
    again = type(schedule).from_config(schedule.get_config())
    assert float(again(50)) == pytest.approx(float(schedule(50)))
