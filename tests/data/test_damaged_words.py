"""Damaged words: what damage is, what is ambiguous, and what is kept from training."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.data.damaged_words import (
    KINDS,
    Candidates,
    damage,
    damaged_words,
    split_of,
    word_counts,
    word_list,
)
from zoo.errors import ConfigError

WORDS = st.text("abcx", min_size=4, max_size=7)


def every_damage(word, kind):
    """All that damage of a kind may make of a word, written down from its definition."""
    if kind == "one letter replaced":
        return {word[:i] + "x" + word[i + 1 :] for i in range(len(word))}
    if kind == "one letter lost":
        return {word[:i] + word[i + 1 :] for i in range(len(word))}
    return {word[: len(word) - n] + n * "x" for n in range(1, min(3, len(word) // 2) + 1)}


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12, unique=True), st.integers(0, 99))
def test_candidates_are_all_words_that_fit(words, seed):
    candidates = Candidates(words)
    for word, kind in itertools.product(words, KINDS):
        damaged = damage(word, kind, np.random.default_rng(seed))
        assert damaged in every_damage(word, kind)
        found = candidates.of(damaged, kind)
        assert word in found
        if kind == "one letter lost":
            assert set(found) == {w for w in words if damaged in every_damage(w, kind)}
        else:
            fits = re.compile(damaged.replace("x", "[a-z]"))
            assert set(found) == {w for w in words if fits.fullmatch(w)}


def test_every_damage_comes():
    rng = np.random.default_rng(0)
    for kind in KINDS:
        assert {damage("walking", kind, rng) for _ in range(300)} == every_damage("walking", kind)
    with pytest.raises(ConfigError, match="one of one letter replaced"):
        damage("walking", "burnt", rng)


def test_only_what_is_unambiguous_is_asked():
    words = sorted({"".join(w) for w in itertools.product("abr", repeat=4)} | {"networks"})
    for split in ("train", "validation", "test"):
        found = damaged_words(words, split)
        assert found == damaged_words(words, split)
        assert {example.word for example in found} <= {"networks"}  # of the others all are near
    (split,) = {split_of("networks")}
    assert {e.kind for e in damaged_words(words, split)} == set(KINDS)


def test_splits_are_a_twentieth_each_and_do_not_depend_on_the_list():
    splits = [split_of(f"{a}{b}{c}") for a, b, c in itertools.product("abcdefghij", repeat=3)]
    for split in ("validation", "test"):
        assert 25 < splits.count(split) < 75
    words = ["walking", "talking", "networks", "building", "something", "anything", "morning"]
    examples = [e.word for s in ("train", "validation", "test") for e in damaged_words(words, s)]
    assert set(examples) <= set(words) and "something" in examples


def test_the_list_has_common_words_in_lower_case():
    texts = [
        "The walking dog isn't old. " * 5,
        "London, London! Hello! " * 15,
        "rare words b " * 4,
        "london " * 5,
    ]
    assert word_counts(texts) == {"dog": 5, "london": 35, "old": 5, "walking": 5}
    assert "hello" in word_counts([*texts, "hello " * 5])
    assert "london" not in word_counts([*texts, "London " * 16])  # a name, but for one in ten
    assert word_counts(["thing " * 5, "thing" * 4 + " "], 5) == {"thing": 5}


def test_names_and_misspellings_are_told_from_words():
    texts = [
        "the government of London said " * 20 + "caf\N{LATIN SMALL LETTER E WITH ACUTE} " * 9,
        "the goverment of London said " * 5,
        "The government of Paris said " * 100,
    ]
    found = word_list(texts)
    assert found.misspelt == {"goverment": "government"}
    assert found.words == {"government": 120, "of": 125, "said": 125, "the": 125}  # and no caf
    assert found.names == {"london": 25, "paris": 100}


def test_what_is_left_is_no_word_itself():
    words, split = ["networks", "network"], split_of("networks")
    lost = {
        example.damaged
        for seed in range(40)
        for example in damaged_words(words, split, seed)
        if example.kind == "one letter lost" and example.word == "networks"
    }
    assert "netorks" in lost and "network" not in lost
