"""Attention against a loop over queries and memory in NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from zoo.layers import AdditiveAttention, MultiplicativeAttention

BATCH, QUERIES, TIME, QUERY_SIZE, MEMORY_SIZE, UNITS = 3, 2, 5, 4, 6, 7


def additive_score(weights, query, memory):
    query_kernel, memory_kernel, bias, score_kernel = weights
    return (np.tanh(query @ query_kernel + memory @ memory_kernel + bias) @ score_kernel)[0]


def multiplicative_score(weights, query, memory):
    query_kernel, memory_kernel = weights
    return (query @ query_kernel) @ (memory @ memory_kernel) / np.sqrt(UNITS)


ATTENTIONS = {
    "additive": (AdditiveAttention, additive_score),
    "multiplicative": (MultiplicativeAttention, multiplicative_score),
}
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 0, 1, 1]], bool)


def example(name, seed=0):
    attention = ATTENTIONS[name][0](UNITS)
    attention.build([(None, None, QUERY_SIZE), (None, None, MEMORY_SIZE)])
    attention.built = True
    rng = np.random.default_rng(seed)
    for variable in attention.variables:
        variable.assign(rng.normal(size=variable.shape))
    query = rng.normal(size=(BATCH, QUERIES, QUERY_SIZE)).astype("float32")
    memory = rng.normal(size=(BATCH, TIME, MEMORY_SIZE)).astype("float32")
    return attention, query, memory


@pytest.mark.parametrize("mask", [None, MASK], ids=["all real", "masked"])
@pytest.mark.parametrize("name", ATTENTIONS)
def test_attention_is_the_equations(name, mask):
    attention, query, memory = example(name)
    context, weights = attention(query, attention.precompute(memory, mask))
    parameters = [ops.convert_to_numpy(w).astype("float64") for w in attention.weights]
    for b in range(BATCH):
        real = [t for t in range(TIME) if mask is None or mask[b, t]]
        for q in range(QUERIES):
            scores = [ATTENTIONS[name][1](parameters, query[b, q], memory[b, t]) for t in real]
            expected = np.zeros(TIME)
            expected[real] = np.exp(scores - np.max(scores))
            expected /= expected.sum()
            np.testing.assert_allclose(weights[b, q], expected, atol=1e-5)
            np.testing.assert_allclose(context[b, q], expected @ memory[b], atol=1e-5)


@pytest.mark.parametrize("name", ATTENTIONS)
def test_what_is_masked_does_not_matter(name):
    attention, query, memory = example(name)
    before, _ = attention(query, attention.precompute(memory, MASK))
    memory[~MASK] = 1e3
    after, weights = attention(query, attention.precompute(memory, MASK))
    np.testing.assert_allclose(after, before, atol=1e-4)
    assert (ops.convert_to_numpy(weights)[1, :, 2:] == 0).all()


@pytest.mark.parametrize("name", ATTENTIONS)
def test_a_memory_without_anything_real_gives_zeros(name):
    attention, query, memory = example(name)
    context, weights = attention(query, attention.precompute(memory, np.zeros((BATCH, TIME), bool)))
    assert (ops.convert_to_numpy(context) == 0).all() and (ops.convert_to_numpy(weights) == 0).all()


@pytest.mark.parametrize("name", ATTENTIONS)
def test_float16_stays_finite(name):
    attention, query, memory = example(name)
    half = type(attention)(UNITS, dtype="float16")
    half.build([(None, None, QUERY_SIZE), (None, None, MEMORY_SIZE)])
    half.set_weights(attention.get_weights())
    query, memory = query.astype("float16"), memory.astype("float16")
    context, _ = half(query, half.precompute(memory, MASK))
    assert np.isfinite(ops.convert_to_numpy(context)).all()


@pytest.mark.parametrize("name", ATTENTIONS)
def test_config_round_trips(name):
    attention, query, memory = example(name)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(attention))
    again.set_weights(attention.get_weights())
    np.testing.assert_allclose(
        again(query, again.precompute(memory, MASK))[0],
        attention(query, attention.precompute(memory, MASK))[0],
        atol=1e-6,
    )


@pytest.mark.parametrize("units", [0, 1.5])
def test_bad_units_are_named(units):
    with pytest.raises(ValueError, match="AdditiveAttention wants a positive number of units"):
        AdditiveAttention(units)
