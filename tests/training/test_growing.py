"""A larger model has what the smaller one knew, and its own in the rows that are new."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from zoo.errors import ConfigError
from zoo.training.growing import grow_from


def embedded(rows, width=3, seed=0):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.layers.Embedding(rows, width), keras.layers.Dense(2)])
    model.build((None, None))
    return model


def test_rows_are_added():
    small, large = embedded(5), embedded(7, seed=1)
    begun = [array.copy() for array in large.get_weights()]
    grow_from(small, large)
    found, known = large.get_weights(), small.get_weights()
    np.testing.assert_array_equal(found[0], np.concatenate([known[0], begun[0][5:]]))
    for one, other in zip(found[1:], known[1:], strict=True):
        np.testing.assert_array_equal(one, other)
    assert large(np.array([[1, 6]])).shape == (1, 2, 2)


@pytest.mark.parametrize(
    ("small", "words"),
    [
        (embedded(9), r"\(9, 3\).*\(7, 3\)"),
        (embedded(5, width=4), r"\(5, 4\).*\(7, 3\)"),
        (keras.Sequential([keras.layers.Embedding(5, 3, name="e")]), "has 0 arrays"),
    ],
)
def test_others_are_refused_untouched(small, words):
    large = embedded(7, seed=1)
    before = [array.copy() for array in large.get_weights()]
    with pytest.raises(ConfigError, match=words):
        grow_from(small, large)
    for one, other in zip(large.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
