"""Vectors of tokens: tied or not, and tokens that are dropped wherever they stand."""

from __future__ import annotations

import numpy as np
import pytest
from gradients import value_and_gradients
from keras import ops

from zoo.layers import TokenEmbedding

TOKENS = np.array([[0, 3, 3], [1, 3, 0]], "int32")


def built(**config):
    layer = TokenEmbedding(5, 4, **config)
    layer.build()
    layer.built = True
    rng = np.random.default_rng(0)
    for weight in layer.weights:
        weight.assign(rng.normal(size=weight.shape))
    return layer


@pytest.mark.parametrize("tied", [True, False])
def test_vectors_and_logits(tied):
    layer = built(tied=tied)
    weights = {weight.name: ops.convert_to_numpy(weight) for weight in layer.weights}
    assert set(weights) == {"vectors", "bias"} | (set() if tied else {"output_vectors"})
    vectors = ops.convert_to_numpy(layer(TOKENS))
    np.testing.assert_array_equal(vectors, weights["vectors"][TOKENS])
    logits = ops.convert_to_numpy(layer.logits(layer(TOKENS)))
    top = weights["vectors" if tied else "output_vectors"]
    np.testing.assert_allclose(logits, vectors @ top.T + weights["bias"], rtol=1e-5, atol=1e-6)


def test_tied_vectors_learn_at_both_ends():
    layer = built()
    _, _, (gradient,) = value_and_gradients(
        lambda: ops.sum(layer.logits(layer(TOKENS))), [layer.vectors], []
    )
    vectors = ops.convert_to_numpy(layer.vectors)
    expected = np.tile(vectors[TOKENS].sum((0, 1)), (5, 1))  # as rows of the softmax
    for token in TOKENS.flat:  # and as what is read
        expected[token] += vectors.sum(0)
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)


def test_a_dropped_token_is_dropped_wherever_it_stands():
    layer = built(token_dropout=0.5)
    tokens = np.tile(np.arange(5, dtype="int32"), (6, 2))
    vectors = ops.convert_to_numpy(layer.vectors)[tokens]
    for _ in range(8):
        dropped = ops.convert_to_numpy(layer(tokens, training=True))
        is_zero = (dropped == 0).all(-1)
        assert (is_zero == is_zero[:1, :5].repeat(2, 0).reshape(1, -1)).all()
        np.testing.assert_allclose(dropped[~is_zero], 2 * vectors[~is_zero], rtol=1e-6)
        if 0 < is_zero.mean() < 1:
            break
    else:
        raise AssertionError("it drops all tokens or none")
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(tokens)), vectors)
