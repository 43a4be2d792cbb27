"""Error rates against edit distances by their definition."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from zoo.metrics.wer import character_error_rate, edit_distances, word_error_rate


@functools.cache
def distance(one, other):
    """Going through every way to change one sequence into the other."""
    if not one or not other:
        return len(one) + len(other)
    return min(
        distance(one[1:], other[1:]) + (one[0] != other[0]),
        distance(one[1:], other) + 1,
        distance(one, other[1:]) + 1,
    )


def test_distances_are_the_fewest_changes():
    rng = np.random.default_rng(0)
    rows = [tuple(rng.choice(["a", "bé", "c d"], rng.integers(0, 7))) for _ in range(80)]
    found, references = [(), (), *rows[:40], ()], [(), ("a",), *rows[40:], ()]
    expected = [distance(*pair) for pair in zip(found, references, strict=True)]
    assert edit_distances(found, references) == expected
    assert edit_distances([], []) == [] and edit_distances([()], [()]) == [0]


def test_rates_are_over_all_texts_together():
    found, references = ["one two", "three", ""], ["one  three four", "three", "five"]
    assert word_error_rate(found, references) == 100 * (2 + 0 + 1) / 5
    changes = distance(tuple(found[0]), tuple(references[0])) + 4
    assert character_error_rate(found, references) == 100 * changes / (15 + 5 + 4)


def test_nothing_to_compare_gets_a_sentence():
    with pytest.raises(ValueError, match="references with something in them"):
        word_error_rate([""], [" "])
    with pytest.raises(ValueError, match="as many texts"):
        edit_distances(["a"], [])
