"""A model's functions compiled: few traces, any batch, the weights of the moment."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from zoo.backend.compiled import Compiled


@pytest.fixture
def model():
    model = keras.Sequential([keras.layers.Dense(2, use_bias=False, kernel_initializer="ones")])
    model.build((None, 3))
    return model


def compiled(model, traces):
    def function(ids, limits):
        traces.append(tuple(ids.shape))
        return model(ops.cast(ids, "float32")), None, {"limits": limits + 1}

    return Compiled(model, function, [(3,), ()])


def test_any_batch_gives_its_rows(model):
    run = compiled(model, [])
    for rows in (1, 2, 3, 5, 8):
        ids = np.arange(rows * 3).reshape(rows, 3)
        total, nothing, rest = run(ids, np.arange(rows))
        assert isinstance(total, np.ndarray) and nothing is None
        np.testing.assert_allclose(total, np.repeat(ids.sum(1, keepdims=True), 2, axis=1))
        np.testing.assert_array_equal(rest["limits"], np.arange(rows) + 1)


def test_traces_are_few(model):
    traces = []
    run = compiled(model, traces)
    for rows in (5, 6, 7, 8, 3, 4, 5):
        run(np.ones((rows, 3), int), np.ones(rows, int))
    # TensorFlow leaves the batch free; JAX fills it up to a power of two: 8 and 4 here.
    expected = {"tensorflow": [(None, 3)], "jax": [(8, 3), (4, 3)]}
    assert traces == expected.get(keras.backend.backend(), traces)


def test_weights_are_those_of_the_moment(model):
    run = compiled(model, [])
    ids = np.ones((2, 3), int)
    np.testing.assert_allclose(run(ids, [0, 0])[0], np.full((2, 2), 3))
    model.weights[0].assign(np.full((3, 2), 2.0))
    np.testing.assert_allclose(run(ids, [0, 0])[0], np.full((2, 2), 6))
