"""Pairs of brackets, beside those that are found by striking out neighbours again and again."""

from __future__ import annotations

import random
import re

import pytest

from zoo.metrics.brackets import matched


def struck_out(text):
    """The places of pairs in a balanced text: neighbours `()` are struck out until none is left."""
    found, letters = set(), list(text)
    pattern = re.compile(r"(\()[^()\[\]{}]*(\))|(\[)[^()\[\]{}]*(\])|({)[^()\[\]{}]*(})")
    while match := pattern.search("".join(letters)):
        begin, end = match.start(), match.end() - 1
        found.add((begin, end))
        letters[begin] = letters[end] = "."
    return found


def balanced(rng, depth=0):
    parts = []
    for _ in range(rng.randrange(4)):
        parts.append(rng.choice(("a", " x;", "", "\n")))
        if depth < 4 and rng.random() < 0.6:
            opening, closing = rng.choice(("()", "[]", "{}"))
            parts.append(opening + balanced(rng, depth + 1) + closing)
    return "".join(parts)


@pytest.mark.parametrize("seed", range(20))
def test_balanced_texts(seed):
    text = balanced(random.Random(seed)) + "(a[1]{})"
    pairs, alone = matched(text)
    assert {tuple(pair) for pair in pairs} == struck_out(text)
    assert alone == 0
    assert [pair.closed for pair in pairs] == sorted(pair.closed for pair in pairs)


@pytest.mark.parametrize(
    "text, pairs, alone",
    [
        ("", [], 0),
        ("no brackets", [], 0),
        (")(", [], 2),
        ("(]", [], 2),
        ("(a])", [(0, 3)], 1),  # the square one has no fellow, and the round one stays open
        ("((a)", [(1, 3)], 1),
    ],
)
def test_others(text, pairs, alone):
    assert matched(text) == (pairs, alone)
