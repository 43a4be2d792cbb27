"""Pooling against loops in NumPy, with padding anywhere."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from zoo.layers import Pooling
from zoo.layers.pooling import KINDS

MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]], bool)
OUTPUTS = np.random.default_rng(0).normal(size=(4, 4, 6)).astype("float32")


def pool(kind, outputs=OUTPUTS, mask=MASK, **config):
    layer = Pooling(kind, **config)
    layer.build((None, None, 6))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    return layer, ops.convert_to_numpy(layer(outputs, mask))


def by_hand(layer, rows):
    """One vector of the real outputs of one sequence, `[steps, features]`."""
    if layer.kind == "mean":
        return rows.mean(0)
    if layer.kind == "max":
        return rows.max(0)
    if layer.kind == "last":
        split = layer.forward_units or 6
        return np.concatenate([rows[-1, :split], rows[0, split:]])
    kernel, bias, query = (ops.convert_to_numpy(w) for w in layer.weights)
    scores = np.tanh(rows @ kernel + bias) @ query
    weights = np.exp(scores) / np.exp(scores).sum()
    return (weights * rows).sum(0)


@pytest.mark.parametrize("forward_units", [None, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_what_a_loop_gives(kind, forward_units):
    layer, pooled = pool(kind, forward_units=forward_units)
    for row in range(3):
        expected = by_hand(layer, OUTPUTS[row][MASK[row]])
        np.testing.assert_allclose(pooled[row], expected, atol=1e-5)
    assert not pooled[3].any()


@pytest.mark.parametrize("kind", KINDS)
def test_padding_does_not_matter(kind):
    other = np.where(MASK[..., None], OUTPUTS, 50).astype("float32")
    np.testing.assert_allclose(pool(kind, other)[1], pool(kind)[1], atol=1e-5)


def test_another_kind():
    with pytest.raises(ValueError, match="last, max, mean, attention, not 'median'"):
        Pooling("median")
