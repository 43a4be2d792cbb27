"""Attention over learnt regions against a loop over regions and points in NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick

from zoo.layers import RegionAttention

BATCH, QUERIES, ROWS, COLUMNS, QUERY, MEMORY, UNITS = 2, 3, 2, 3, 4, 5, 7
CELLS = ROWS * COLUMNS
MASK = np.array([[1, 1, 1, 1, 1, 1], [1, 0, 1, 1, 1, 0]], bool)


def example(**settings):
    attention = RegionAttention(UNITS, **settings)
    attention.build([(None, None, QUERY), (None, None, MEMORY)])
    attention.built = True
    rng = np.random.default_rng(0)
    for variable in attention.variables:
        variable.assign(rng.normal(size=variable.shape) * 0.5)
    query = rng.normal(size=(BATCH, QUERIES, QUERY)).astype("float32")
    memory = rng.normal(size=(BATCH, CELLS, MEMORY)).astype("float32")
    return attention, query, memory


def window(point, size):
    near = np.exp(-((point - np.arange(size)) ** 2) / (2 * 0.5**2))
    return near / near.sum()


@pytest.mark.parametrize("mask", [None, MASK], ids=["all real", "masked"])
def test_is_its_equations(mask):
    attention, query, memory = example(rows=ROWS)

    def ask(query, memory):
        return attention(query, attention.precompute(memory, mask))

    context, weights = quick(ask, attention)(query, memory)
    parameters = {w.name: ops.convert_to_numpy(w).astype("float64") for w in attention.weights}
    for b in range(BATCH):
        real = np.ones(CELLS) if mask is None else mask[b].astype(float)
        seen = np.zeros((CELLS, CELLS))
        for i in range(CELLS):
            place = memory[b, i] @ parameters["place_kernel"] + parameters["place_bias"]
            for ky in (-1, 0, 1):
                for kx in (-1, 0, 1):
                    y = i // COLUMNS + place[0] + ky * np.exp(place[2])
                    x = i % COLUMNS + place[1] + kx * np.exp(place[3])
                    seen[i] += np.outer(window(y, ROWS), window(x, COLUMNS)).ravel() / 9
            seen[i] = (seen[i] + 1e-4 * np.eye(CELLS)[i]) * real
            seen[i] /= seen[i].sum()
        regions = seen @ memory[b] @ parameters["region_kernel"]
        for q in range(QUERIES):
            scores = regions @ (query[b, q] @ parameters["query_kernel"]) / np.sqrt(UNITS)
            chosen = np.exp(scores) * real
            expected = chosen / chosen.sum() @ seen
            np.testing.assert_allclose(weights[b, q], expected, atol=1e-4)
            np.testing.assert_allclose(context[b, q], expected @ memory[b], atol=1e-4)


def test_before_training_a_region_is_a_cell_and_its_neighbours():
    attention = RegionAttention(UNITS)
    attention.build([(None, None, QUERY), (None, None, MEMORY)])
    *_, seen = attention.precompute(np.zeros((1, 49, MEMORY), "float32"))
    seen = ops.convert_to_numpy(seen)[0].reshape(7, 7, 7, 7)
    middle = seen[3, 3]
    assert middle[2:5, 2:5].sum() > 0.8 and middle[2:5, 2:5].min() > 0.05
    np.testing.assert_allclose(middle, middle.T, atol=1e-6)


def test_remade_and_mistakes():
    attention, _, memory = example(rows=ROWS)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(attention))
    assert (again.units, again.rows) == (UNITS, ROWS)
    attention.rows = 4
    with pytest.raises(ValueError, match="6 cells is no grid of 4 rows"):
        attention.precompute(memory)
