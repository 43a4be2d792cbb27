"""Attention by several heads, with and without places, against loops in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from numpy_transformer import asked

from zoo.errors import ConfigError
from zoo.layers import MultiHeadAttention

BATCH, TIME, FEATURES = 3, 5, 6
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 0, 1, 1]], bool)


def made(query_size=FEATURES, **settings):
    attention = MultiHeadAttention(8, **settings)
    attention.build([(None, None, query_size), (None, None, FEATURES)])
    attention.built = True
    rng = np.random.default_rng(0)
    for weight in attention.weights:
        weight.assign(rng.normal(size=weight.shape))
    return attention


def steps(seed, time=TIME, size=FEATURES):
    return np.random.default_rng(seed).normal(size=(BATCH, time, size)).astype("float32")


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_heads_ask_a_memory(heads):
    attention = made(4, heads=heads)
    query, memory = steps(1, 2, 4), steps(2)
    context, weights = attention(query, attention.precompute(memory, MASK))
    for b in range(BATCH):
        expected, means = asked(attention, query[b], memory[b], np.flatnonzero(MASK[b]))
        np.testing.assert_allclose(context[b], expected, atol=1e-4)
        np.testing.assert_allclose(weights[b], means, atol=1e-5)


def test_steps_ask_each_other_by_how_far_apart_they_are():
    attention = made(heads=2, rotary=True)
    memory = steps(2)
    context, _ = attention(memory, attention.precompute(memory, MASK))
    for b in range(BATCH):
        expected, _ = asked(attention, memory[b], memory[b], np.flatnonzero(MASK[b]))
        np.testing.assert_allclose(context[b], expected, atol=1e-4)


def test_a_memory_of_padding_gives_zeros():
    attention = made(heads=2)
    context, weights = attention(steps(1), attention.precompute(steps(2), np.zeros_like(MASK)))
    assert not ops.any(context) and not ops.any(weights)


def test_what_cannot_be_divided_is_refused():
    with pytest.raises(ConfigError, match="8 units cannot be divided among 3 heads: take a mult"):
        MultiHeadAttention(8, heads=3)
    with pytest.raises(ConfigError, match="take a multiple of 16"):
        MultiHeadAttention(8, heads=8, rotary=True)
    with pytest.raises(ConfigError, match="heads are one or more, not 0"):
        MultiHeadAttention(8, heads=0)
