"""Slips: each kind by examples and by a definition of its own, and misspelt words among others."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from zoo.data.misspelt import Neighbours, misspelt
from zoo.data.slips import INVERSE, LETTERS, SHARES, slip, slips


@pytest.mark.parametrize(
    ("word", "kind", "made"),
    [
        ("receive", "neighbours swapped", "recieve"),
        ("the", "neighbours swapped", "teh"),
        ("until", "one letter doubled", "untill"),
        ("beginning", "double letter undone", "begining"),
        ("bizarre", "other letter doubled", "bizzare"),
        ("separate", "vowel replaced", "seperate"),
        ("absence", "letter of like sound", "absense"),
        ("government", "one letter left out", "goverment"),
        ("truly", "one letter added", "truely"),
        ("basically", "ending -ly or -ally", "basicly"),
        ("publicly", "ending -ly or -ally", "publically"),
    ],
)
def test_slips_that_people_make(word, kind, made):
    assert (kind, made) in set(slips(word))


@pytest.mark.parametrize("word", ["abba", "abbc", "kitten", "cool", "banana"])
def test_slips_are_single_edits_behind_the_first_letter(word):
    """Against lists of all edits, written down from the definitions of Damerau 1964."""
    places = range(1, len(word))
    swapped = {
        word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places if i + 1 < len(word)
    }
    without = {word[:i] + word[i + 1 :] for i in places}
    more = {word[:i] + x + word[i:] for i in range(1, len(word) + 1) for x in LETTERS}
    other = {word[:i] + x + word[i + 1 :] for i in places for x in LETTERS}
    found = {kind: {m for k, m in slips(word, LETTERS) if k == kind} for kind in SHARES}
    assert found["neighbours swapped"] == swapped - {word}
    assert found["one letter left out"] | found["double letter undone"] == without
    assert found["one letter doubled"] | found["one letter added"] <= more
    assert found["vowel replaced"] | found["letter of like sound"] <= other - {word}
    assert all(made[0] == word[0] for _, made in slips(word, LETTERS))
    for kind, made in slips(word, LETTERS):
        if kind in INVERSE and made[-1] == word[-1]:  # as a word that may be meant ends alike
            assert (INVERSE[kind], word) in set(slips(made, LETTERS)), (kind, made)


def test_slips_of_short_words():
    assert list(slips("of")) == [] and slip("of", np.random.default_rng(0)) == "of"


def test_all_kinds_are_drawn_by_their_shares():
    rng = np.random.default_rng(0)
    once = dict.fromkeys((m for _, m in slips("accidentally")), 0)
    for _ in range(3000):
        made = slip("accidentally", rng)
        if made in once:
            once[made] += 1
    kind_of = {made: kind for kind, made in slips("accidentally")}
    drawn = dict.fromkeys(SHARES, 0)
    for made, count in once.items():
        drawn[kind_of[made]] += count
    total = sum(drawn.values())
    assert 2350 < total < 2800  # of which one in seven has a second slip
    possible = {kind for kind, _ in slips("accidentally")}
    whole = sum(SHARES[kind] for kind in possible)
    for kind in possible:
        assert drawn[kind] / total == pytest.approx(SHARES[kind] / whole, abs=0.05)


PAIRS = itertools.product("the a this".split(), "was is of".split())
CONTEXTS = [f"{a} {{}} {b}" for a, b in PAIRS]


def texts(word, count, contexts=CONTEXTS):
    return [contexts[i % len(contexts)].format(word) for i in range(count)]


def test_a_slip_stands_where_the_word_does():
    others = [f"he {w} away" for w in ("barely", "walked", "ran") for _ in range(300)]
    # As many places, and no neighbours in common.
    rare = texts("barley", 6, ["grow {} here", "some {} and"])
    found = [*texts("government", 300), *texts("goverment", 6), *others, *rare]
    neighbours = Neighbours(found)
    assert neighbours.likeness("goverment", "government") == pytest.approx(0, abs=0.3)
    assert neighbours.likeness("barley", "barely") < -5
    counts = {"government": 300, "goverment": 6, "barely": 300, "barley": 6}
    assert misspelt(counts, found) == {"goverment": "government"}


def test_forms_and_british_words_are_no_slips():
    pairs = [
        ("jokes", "jokers", "joker"),
        ("color", "colour", None),
        ("traveled", "travelled", None),
    ]
    found, counts = [], {}
    for word, rare, base in pairs:
        found += [*texts(word, 600), *texts(rare, 9)]
        counts |= {word: 600, rare: 9}
        if base:
            found += texts(base, 30)
            counts[base] = 30
    assert misspelt(counts, found) == {}
    assert misspelt({"jokes": 600, "jokers": 9}, found) == {"jokers": "jokes"}


def test_a_common_word_is_no_slip():
    found = [*texts("separate", 190), *texts("seperate", 10)]
    assert misspelt({"separate": 190, "seperate": 10}, found) == {}  # 19 times as often
    found += texts("separate", 10)
    assert misspelt({"separate": 200, "seperate": 10}, found) == {"seperate": "separate"}
