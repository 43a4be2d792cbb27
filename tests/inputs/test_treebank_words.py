"""Tokens that are kept whole and contracted ones, against the rule written out in Python."""

from __future__ import annotations

import itertools
import random

import pytest

from zoo.inputs import TreebankWords, WordTokenizer, learn_treebank_words
from zoo.inputs.treebank_words import LONGEST

FRENCH = TreebankWords(
    ("-t-il", "-tu", "arc-en-ciel", "peut-être"),
    {"du": ("de", "le"), "Au": ("À", "le"), "au": ("à", "le")},
)


def tokenizer(treebank=FRENCH):
    return WordTokenizer(["pain"], list("aeinp"), treebank=treebank)


def words(text):
    return [word for word, _, _ in tokenizer().split([text])[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Veux-tu du pain ?", "Veux -tu de le pain ?"),
        ("Au pain, y a-t-il", "À le pain , y a -t-il"),
        ("Peut-être l'arc-en-ciel.", "Peut-être l' arc-en-ciel ."),
        ("peut - être, peut-\nêtre", "peut - être , peut - être"),
        ("porte-tuyau -", "porte - tuyau -"),
        ("du-du", "de le - de le"),
        ("DU", "DU"),
        ("", ""),
        ("-", "-"),
    ],
)
def test_words_of_a_text(text, expected):
    assert words(text) == expected.split()


def test_words_of_a_token_stand_where_it_does():
    (row,) = tokenizer().split(["Ü du\tpeut-être"])
    assert row == [("Ü", 0, 1), ("de", 2, 4), ("le", 2, 4), ("peut-être", 5, 14)]


def test_texts_do_not_reach_into_each_other():
    found = tokenizer().split(["peut-", "être", "", "du"])
    assert [[word for word, _, _ in row] for row in found] == [
        ["peut", "-"],
        ["être"],
        [],
        ["de", "le"],
    ]


def test_a_long_text_among_many_takes_no_more_than_its_own_memory():
    """All of them filled up to its length would be 10^11 places."""
    long, texts = "du pain " * 250_000, 8000
    found = list(tokenizer().cut([*["au"] * texts, long, ""]))
    assert found[:texts] == [["à", "le"]] * texts
    assert found[texts] == ["de", "le", "pain"] * 250_000 and found[texts + 1] == []


def by_the_rule(treebank, text):
    """Pieces of two places or more joined, the longest first, and contracted ones split."""
    tokens = tokenizer(TreebankWords()).split([text])[0]
    for size in range(LONGEST, 1, -1):
        hits = []
        for i in range(len(tokens) - size + 1):
            run = tokens[i : i + size]
            touch = all(a[2] == b[1] for a, b in itertools.pairwise(run))
            hits.append(touch and "".join(t for t, _, _ in run).lower() in treebank.whole)
        # The first of those that overlap, one step after the other as their starts draw near.
        for by in range(1, size):
            hits = [hit and not (i >= by and hits[i - by]) for i, hit in enumerate(hits)]
        joined, i = [], 0
        while i < len(tokens):
            step = size if i < len(hits) and hits[i] else 1
            run = tokens[i : i + step]
            joined.append(("".join(t for t, _, _ in run), run[0][1], run[-1][2]))
            i += step
        tokens = joined
    return [
        (word, begin, end)
        for token, begin, end in tokens
        for word in treebank.contracted.get(token, (token,))
    ]


def test_random_texts_are_cut_by_the_rule():
    treebank = TreebankWords(("a-b", "-b", "b-a-b", "a-a-a"), {"b": ("c", "d", "e"), "A": ("B",)})
    rng = random.Random(0)
    texts = ["".join(rng.choices("aAb--  ,", k=rng.randrange(14))) for _ in range(200)]
    found = tokenizer(treebank).split(texts)
    for text, row in zip(texts, found, strict=True):
        assert row == by_the_rule(treebank, text), text


def test_they_are_learnt_from_a_treebank():
    one = (["Il", "va", "à", "le", "Bar-le-Duc", "du", "du"], [("au", 2, 4)])
    two = (["à", "le", "bar-le-duc", ",", "well", "-", "known"], [("Au", 0, 2)])
    three = (["well-known", "well-known", "well", "-", "known", "well", "-", "known"], [])
    four = (["de", "le", "de", "le", "do", "n't", "do", "n't"], [("du", 0, 2), ("du", 2, 4)])
    don = [("don't", 4, 6), ("don't", 6, 8)]
    found = learn_treebank_words([one, two, three, (four[0], four[1] + don)])
    assert found.whole == ("bar-le-duc",)  # well-known is more often apart
    assert found.contracted == {"au": ("à", "le"), "Au": ("À", "le"), "AU": ("À", "LE")}
    # du stands twice by itself too, and don't is cut without being told
    assert "-tu" in learn_treebank_words([one, two], languages=["fr"]).whole
    assert not learn_treebank_words([one])


def test_they_are_saved_beside_the_words(tmp_path):
    tokenizer().save_assets(tmp_path)
    opened = WordTokenizer()
    opened.load_assets(tmp_path)
    assert opened.treebank == FRENCH
    assert opened.split(["Veux-tu du pain"]) == tokenizer().split(["Veux-tu du pain"])
    tokenizer(None).save_assets(tmp_path)
    assert "treebank" not in (tmp_path / "words.json").read_text(encoding="utf-8")
    opened.load_assets(tmp_path)
    assert not opened.treebank and opened.split(["du"]) == [[("du", 0, 2)]]
