"""The best of a vocabulary by groups, against sorting all of it."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from zoo.decoding.best_tokens import best_tokens, log_sum_exp


@pytest.mark.parametrize("vocabulary", [6, 127, 400, 1000, 8000])
@pytest.mark.parametrize("width", [1, 5])
def test_the_best_are_those_of_a_full_sort(vocabulary, width):
    logits = np.random.default_rng(vocabulary).normal(size=(3, 4, vocabulary)).astype("float32")
    logits[0, 0, -3:] = 9, 11, 10  # all of them in one group
    best, tokens = (ops.convert_to_numpy(x) for x in best_tokens(ops.array(logits), width))
    expected = np.argsort(-logits, axis=-1)[..., :width]
    np.testing.assert_array_equal(tokens, expected)
    np.testing.assert_array_equal(best, np.take_along_axis(logits, expected, -1))


def test_the_logarithm_of_the_sum():
    logits = np.random.default_rng(0).normal(size=(2, 3, 500)).astype("float32") * 10
    logits[0, 0] = -1e30
    logits[0, 0, 7] = 3.0
    best, _ = best_tokens(ops.array(logits), 1)
    expected = np.log(np.exp(logits.astype("float64")).sum(-1, keepdims=True))
    found = ops.convert_to_numpy(log_sum_exp(ops.array(logits), best))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-5)
