"""What a speller is trained on: every word as often as said, and none that is kept from it."""

from __future__ import annotations

import collections

import pytest

from zoo.data.damaged_words import KINDS, Candidates, WordList, split_of
from zoo.data.slips import LETTERS, slips
from zoo.experiments import spelling
from zoo.experiments.spelling import SpellingLesson, copies

WORDS = {
    f"{a}{b}{c}ing": 5 * 4 ** (len(a) - 1) for a in ("b", "fr") for b in "aeiou" for c in "lmn"
}
FOUND = WordList({"go": 5, **WORDS}, {"clara": 9, "paris": 9, "rom": 9}, {"balign": "baling"})
SEEN = {word for word in FOUND.words if split_of(word) == "train"}


@pytest.fixture
def lesson(monkeypatch):
    monkeypatch.setattr(spelling, "read_words", lambda: FOUND)
    return SpellingLesson()


def test_words_are_read_as_often_as_they_are_common():
    assert [copies(count) for count in (5, 19, 20, 79, 80, 5 * 4**6)] == [1, 2, 2, 3, 3, 7]


def test_an_epoch_holds_what_it_should(lesson):
    assert lesson.words == list(FOUND.words) and lesson.names == ["clara", "paris", "rom"]
    assert set(lesson.known) == SEEN < set(FOUND.words)
    pairs = list(lesson.pairs(seed=3, epoch=1, slips=2))
    often = {word: len(word) - 5 if word in WORDS else 1 for word in SEEN}  # one more for "fr"
    whole = [(word, word) for word in FOUND.words if word in SEEN for _ in range(often[word])]
    assert pairs[: len(whole)] == whole
    names = [(name, name) for name in FOUND.names if split_of(name) == "train"]
    misspelt = [("balign", "baling")] if "baling" in SEEN else []
    begin = len(whole) + len(names) + len(misspelt)
    assert pairs[len(whole) : begin] == names + misspelt
    damaged = collections.Counter(word for _, word in pairs[begin:])
    assert damaged == {word: 3 * often[word] for word in SEEN if word != "go"}
    for triple in zip(*(pairs[begin + i :: 3] for i in range(3)), strict=True):
        (_, word), *_ = triple
        assert {written for _, written in triple} == {word}
        assert any(Candidates([word]).of(triple[2][0], kind) for kind in KINDS)
        for read, _ in triple[:2]:  # one slip, or two
            once = {one for _, one in slips(word, LETTERS)}
            assert read in once or any(read in dict(map(reversed, slips(o, LETTERS))) for o in once)


def test_epochs_differ_and_are_the_same_again(lesson):
    def pairs(**places):
        return list(lesson.pairs(slips=1, **places))

    assert pairs(seed=3, epoch=1) == pairs(seed=3, epoch=1)
    assert pairs(seed=3, epoch=1) != pairs(seed=3, epoch=2)
    assert pairs(seed=3, epoch=1) != pairs(seed=4, epoch=1)


def test_a_piece_for_each_letter(lesson):
    pytest.importorskip("sentencepiece")
    tokenizer = lesson.tokenizer()
    read, written = zip(*lesson.pairs(seed=0, epoch=0, slips=1), strict=True)
    encoded = lesson.encoded(tokenizer, seed=0, epoch=0, slips=1)
    assert len(encoded) == len(read)
    for ids, starts, texts, less in (
        (encoded.source, encoded.source_starts, read, 1),
        (encoded.target, encoded.target_starts, written, 2),
    ):
        rows = [ids[b:e] for b, e in zip(starts, starts[1:], strict=False)]
        for row, text in zip(rows, texts, strict=True):
            if set(text) <= set("".join(lesson.known)):  # others are unknown together
                assert len(row) - less - 1 == len(text)


def test_a_part_of_the_words(monkeypatch):
    monkeypatch.setattr(spelling, "read_words", lambda: FOUND)
    assert SpellingLesson(0.5).words == list(FOUND.words)[::2]
