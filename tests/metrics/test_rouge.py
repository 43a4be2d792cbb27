"""ROUGE against its definition, and the words and names that were copied."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from zoo.errors import ConfigError
from zoo.metrics.rouge import names_in, rouge, shares_copied

FOUND = ["draw file for Bishops Corner", "meeting today", "", "a b c d"]
TRUE = ["Bishops Corner draw file", "meeting moved to today", "hello", "d c b a"]


def by_definition(found: list[str], true: list[str], n: int | None) -> float:
    """F1 of n-grams, or of the longest common subsequence, of words that need no stemming."""
    if n is None:
        table = [[0] * (len(true) + 1) for _ in range(len(found) + 1)]
        for i, one in enumerate(found):
            for j, other in enumerate(true):
                both = table[i][j] + 1 if one == other else max(table[i][j + 1], table[i + 1][j])
                table[i + 1][j + 1] = both
        same, sizes = table[-1][-1], (len(found), len(true))
    else:
        grams = [
            Counter(zip(*(words[k:] for k in range(n)), strict=False)) for words in (found, true)
        ]
        same, sizes = (grams[0] & grams[1]).total(), tuple(one.total() for one in grams)
    return 2 * same / sum(sizes) if same else 0.0


def test_is_its_definition():
    pytest.importorskip("rouge_score")
    scores = rouge(FOUND, [[one] for one in TRUE])
    stem = str.maketrans({})  # the Porter stemmer cuts: bishops, moved, meeting
    short = {"bishops": "bishop", "moved": "move", "meeting": "meet"}
    pairs = [
        [[short.get(word, word) for word in text.translate(stem).lower().split()] for text in pair]
        for pair in zip(FOUND, TRUE, strict=True)
    ]
    for kind, n in (("rouge1", 1), ("rouge2", 2), ("rougeL", None)):
        expected = sum(by_definition(*pair, n) for pair in pairs) / len(pairs)
        assert scores[kind] == pytest.approx(100 * expected)


def test_the_best_of_several_references_counts():
    pytest.importorskip("rouge_score")
    found = rouge(["gas meeting"], [["budget", "meetings about gas"]])
    assert found["rouge1"] == pytest.approx(100 * 2 * 2 / 5)
    with pytest.raises(ConfigError, match="no summaries"):
        rouge([], [])
    with pytest.raises(ValueError, match="shorter"):
        rouge(["a", "b"], [["a"]])


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "rouge_score.rouge_scorer", None)
    with pytest.raises(ConfigError, match=r"package rouge-score: install it with pip install 'seq"):
        rouge(["a"], [["a"]])


def test_names_are_capitals_that_do_not_begin():
    assert names_in("Draw file for Bishops Corner, EOL") == ["Bishops", "Corner", "EOL"]
    assert names_in("") == names_in("Hello") == []


def test_words_and_names_that_stand_in_the_text():
    texts = ["send the Draw file to bishops Corner", "nothing"]
    found = shares_copied(["draw file for Bishops Corner", "Nothing"], texts)
    assert found["words"] == (100 * 5 / 6, 6)  # in capitals or not: all except "for"
    assert found["names"] == (50.0, 2)  # Corner is there as it is written, Bishops is not
    assert shares_copied([""], ["a"]) == {"words": (0.0, 0), "names": (0.0, 0)}
