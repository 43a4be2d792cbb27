"""A model's functions compiled: few traces, any batch, the weights of the moment."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from zoo.backend.compiled import Compiled, asked_once
from zoo.errors import ConfigError


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


def test_a_function_that_is_asked_once_on_little_is_not_compiled(model):
    traces = []
    run = compiled(model, traces)
    ids = np.arange(15).reshape(5, 3)
    is_jax = keras.backend.backend() == "jax"
    with asked_once():
        first = run(ids, np.arange(5))
        assert traces == [(8, 3) if is_jax else (5, 3)]
        second = run(ids, np.arange(5))
    assert traces[1:] == ([] if is_jax else [(None, 3)])
    for total, nothing, rest in [first, second]:
        np.testing.assert_allclose(total, np.repeat(ids.sum(1, keepdims=True), 2, axis=1))
        assert isinstance(total, np.ndarray) and nothing is None
        np.testing.assert_array_equal(rest["limits"], np.arange(5) + 1)


def test_a_function_that_is_asked_once_on_much_is_compiled(model):
    traces = []
    with asked_once():
        many = compiled(model, traces)(np.ones((6, 3), int), np.ones(6, int))
    np.testing.assert_allclose(many[0], np.full((6, 2), 3))
    assert traces == [(8, 3) if keras.backend.backend() == "jax" else (None, 3)]


def test_weights_are_those_of_the_moment(model):
    run = compiled(model, [])
    ids = np.ones((2, 3), int)
    np.testing.assert_allclose(run(ids, [0, 0])[0], np.full((2, 2), 3))
    model.weights[0].assign(np.full((3, 2), 2.0))
    np.testing.assert_allclose(run(ids, [0, 0])[0], np.full((2, 2), 6))


def test_each_argument_keeps_its_dtype(model):
    """What a task that sees or hears reads: floats, pixels, masks; lengths are int32 as ever."""
    dtypes = []

    def function(frames, pixels, mask, lengths):
        dtypes.append([keras.backend.standardize_dtype(x.dtype) for x in (frames, pixels, mask)])
        kept = ops.where(ops.expand_dims(mask, -1), frames, 0)
        return ops.sum(kept, axis=1), pixels, mask, lengths

    shapes = [((None, 3), "float32"), ((2,), "uint8"), ((None,), "bool"), ()]
    run = Compiled(model, function, shapes)
    rng = np.random.default_rng(0)
    for rows in (1, 3):
        frames = rng.normal(size=(rows, 4, 3))
        pixels = rng.integers(0, 256, (rows, 2)).astype("uint8")
        mask = rng.integers(0, 2, (rows, 4)) > 0
        found = run(frames, pixels, mask, np.arange(rows))
        expected = (frames * mask[..., None]).sum(1)
        np.testing.assert_allclose(found[0], expected, rtol=1e-5, atol=1e-6)
        for array, same in zip(found[1:], (pixels, mask, np.arange(rows)), strict=True):
            np.testing.assert_array_equal(array, same)
        assert [array.dtype.name for array in found[1:]] == ["uint8", "bool", "int32"]
    assert set(map(tuple, dtypes)) == {("float32", "uint8", "bool")}


@pytest.mark.parametrize(
    "value, dtype",
    [([0.5], "int32"), ([0.5], "uint8"), ([300], "uint8"), ([-1], "uint8"), ([2], "bool")]
    + [([2**40], "int32")],
)
def test_what_would_lose_values_is_refused(model, value, dtype):
    run = Compiled(model, lambda x: (x,), [((), dtype)])
    with pytest.raises(ConfigError, match=f"does not fit {dtype}"):
        run(value)
    with pytest.raises(ConfigError, match="takes 1 arrays, not 2"):
        run(value, value)


def test_a_dtype_that_keras_does_not_know(model):
    with pytest.raises(ConfigError, match="knows no dtype 'floot'"):
        Compiled(model, lambda x: (x,), [((), "floot")])
