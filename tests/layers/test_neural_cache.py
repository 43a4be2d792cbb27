"""The cache over a language model, against its equations step by step in NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick

from zoo.layers import NeuralCache

WIDTH, VOCABULARY = 3, 6


def numpy_of(x):
    return np.asarray(ops.convert_to_numpy(x), "float64")


def a_text(rows=2, time=9, seed=0):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(rows, time, WIDTH)).astype("float32"),
        rng.integers(0, VOCABULARY, (rows, time)).astype("int32"),
        rng.normal(size=(rows, time, VOCABULARY)).astype("float32"),
    )


def by_equation(outputs, tokens, logits, size, theta, weight):
    """Section 3 of the paper for one text: the pairs of the last `size` steps, one by one; but the
    weight grows while the cache fills.
    """
    found = []
    for t, output in enumerate(outputs):
        model = np.exp(logits[t].astype("float64"))
        model /= model.sum()
        cached = np.zeros(VOCABULARY)
        for i in range(max(0, t - size), t):  # h_i was followed by x_{i+1}
            cached[tokens[i + 1]] += np.exp(theta * output.astype("float64") @ outputs[i])
        if t:
            now = weight * min(t, size) / size
            model = (1 - now) * model + now * cached / cached.sum()
        found.append(np.log(model))
    return np.array(found)


def run(cache, text, state=None, is_real=None):
    state = cache.get_initial_state(len(text[0]), WIDTH) if state is None else state
    call = quick(lambda *args: cache(*args[:4], is_real=args[4] if args[4:] else None), cache)
    return call(*text, state, *([] if is_real is None else [is_real]))


@pytest.mark.parametrize("size", [1, 3, 20])
@pytest.mark.parametrize("theta, weight", [(0.7, 0.2), (0.0, 0.9), (2.0, 0.0)])
def test_it_is_that_of_the_paper(size, theta, weight):
    text = a_text()
    found, _ = run(NeuralCache(size, theta, weight), text)
    for row, values in enumerate(numpy_of(found)):
        wanted = by_equation(*(x[row] for x in text), size, theta, weight)
        np.testing.assert_allclose(values, wanted, atol=1e-5)
        np.testing.assert_allclose(np.exp(values).sum(-1), 1, atol=1e-5)


@pytest.mark.parametrize("parts", [[1] * 9, [4, 5], [7, 2]])
def test_a_text_may_be_read_in_parts(parts):
    cache, text = NeuralCache(4, 0.7, 0.3), a_text()
    wanted, last = run(cache, text)
    state, found, begin = None, [], 0
    for time in parts:
        part = tuple(x[:, begin : begin + time] for x in text)
        values, state = run(cache, part, state)
        found.append(numpy_of(values))
        begin += time
    np.testing.assert_allclose(np.concatenate(found, axis=1), numpy_of(wanted), atol=1e-5)
    for one, other in zip(state, last, strict=True):
        np.testing.assert_allclose(numpy_of(one), numpy_of(other), atol=1e-6)


def test_padding_is_neither_kept_nor_looked_up():
    cache, (outputs, tokens, logits) = NeuralCache(4, 0.7, 0.3), a_text(rows=3, time=6)
    is_real = np.array([[1, 0, 1, 1, 0, 1], [0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0]], bool)
    begun = run(cache, tuple(x[:, :2] for x in (outputs, tokens, logits)))[1]
    found, state = run(cache, (outputs, tokens, logits), begun, is_real)
    for row, real in enumerate(is_real):
        rest = tuple(x[row : row + 1, real] for x in (outputs, tokens, logits))
        before = [s[row : row + 1] for s in begun]
        if not real.any():
            for one, other in zip(state, before, strict=True):
                np.testing.assert_array_equal(numpy_of(one)[row : row + 1], numpy_of(other))
            continue
        wanted, after = run(cache, rest, before)
        np.testing.assert_allclose(numpy_of(found)[row, real], numpy_of(wanted)[0], atol=1e-5)
        for one, other in zip(state, after, strict=True):
            np.testing.assert_allclose(numpy_of(one)[row], numpy_of(other)[0], atol=1e-6)


def test_large_scores_and_half_precision_stay_finite():
    outputs, tokens, logits = a_text()
    found, _ = run(NeuralCache(4, 50.0, 0.5), (100 * outputs, tokens, 100 * logits))
    assert np.isfinite(numpy_of(found)).all()
    half = [ops.cast(x, "bfloat16") for x in (outputs, logits)]
    found, _ = run(NeuralCache(4, 0.7, 0.3), (half[0], tokens, half[1]))
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    np.testing.assert_allclose(
        numpy_of(found), numpy_of(run(NeuralCache(4, 0.7, 0.3), a_text())[0]), atol=0.05
    )


@pytest.mark.parametrize(
    "settings, says",
    [
        ({"size": 0}, "size must be 1 or more, not 0"),
        ({"theta": -0.1}, "theta must be 0 or more"),
        ({"lambda_": 1.0}, r"lambda_ must be in \[0, 1\), not 1.0"),
    ],
)
def test_bad_settings(settings, says):
    with pytest.raises(ValueError, match=says):
        NeuralCache(**settings)
