"""The attention against a loop over spans, against its parent, and against the zoo's contract."""

import numpy as np
import pytest
from keras import ops
from zoo_area_attention.attention import AreaAttention

import zoo
import zoo.testing
from zoo.layers import AdditiveAttention

RNG = np.random.default_rng(0)
MEMORY = RNG.normal(size=(3, 6, 4)).astype("float32")
QUERY = RNG.normal(size=(3, 2, 5)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [0, 1, 1, 0, 1, 1]], bool)


def asked(attention, mask):
    found = attention(ops.array(QUERY), attention.precompute(ops.array(MEMORY), ops.array(mask)))
    return [ops.convert_to_numpy(x) for x in found]


def built(cls, **settings):
    attention = cls(7, **settings)
    attention.build([(3, 2, 5), (3, 6, 4)])
    for weight in attention.weights:
        weight.assign(np.random.default_rng(1).normal(size=weight.shape))
    return attention


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_every_span_by_itself(size):
    """Li et al. 2019, section 3: mean as key, sum as value, softmax over all spans."""
    attention = built(AreaAttention, size=size)
    w_q, w_m, bias, v = (ops.convert_to_numpy(w) for w in attention.weights)
    contexts, weights = asked(attention, MASK)
    for row in range(3):
        spans = [
            range(first, first + length)
            for length in range(1, size + 1)
            for first in range(7 - length)
            if MASK[row, first : first + length].all()
        ]
        for n in range(2):
            keys = np.array([MEMORY[row, span].mean(0) for span in spans])
            scores = np.tanh(QUERY[row, n] @ w_q + keys @ w_m + bias) @ v[:, 0]
            share = np.exp(scores - scores.max())
            share /= share.sum()
            values = np.array([MEMORY[row, span].sum(0) for span in spans])
            np.testing.assert_allclose(contexts[row, n], share @ values, rtol=1e-4, atol=1e-5)
            expected = np.zeros(6)
            for span, part in zip(spans, share, strict=True):
                expected[span] += part / len(span)
            np.testing.assert_allclose(weights[row, n], expected, rtol=1e-4, atol=1e-6)


def test_spans_of_one_are_additive_attention():
    for found, expected in zip(
        asked(built(AreaAttention, size=1), MASK),
        asked(built(AdditiveAttention), MASK),
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_the_contract():
    zoo.testing.check_attention(AreaAttention)


def test_the_zoo_knows_it_by_name():
    assert zoo.describe("area")["owner"].startswith("zoo-area-attention ")
    model = zoo.build("nmt", attention="area", units=8, embedding_size=8, vocabulary_size=20)
    assert isinstance(model.decoder.attention, AreaAttention)


def test_bad_size():
    with pytest.raises(ValueError, match="size must be 1 or more, not 0"):
        AreaAttention(4, size=0)
