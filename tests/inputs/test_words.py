"""Words as ids: tokens with their places, characters, and what a saved file keeps."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import WordTokenizer, train_words


@pytest.fixture(scope="module")
def tokenizer():
    return WordTokenizer(["the", "dog", "a00", "l'"], list("Tdehgo"), word_length=8)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The dog isn't here.", "The|dog|is|n't|here|."),
        ("I'd say it's Mr. O’Neil's...", "I|'d|say|it|'s|Mr.|O’Neil|'s|..."),
        ("L'homme qu’il a vu aujourd'hui", "L'|homme|qu’|il|a|vu|aujourd'hui"),
        ("See https://a.b/c?d=1. (Or a.b@c.org!!)", "See|https://a.b/c?d=1|.|(|Or|a.b@c.org|!!|)"),
        ("1,000.50 in the U.S. at 10:30", "1,000.50|in|the|U.S.|at|10:30"),
        ("a 15-year plan -- $5\u00a0now", "a|15|-|year|plan|--|$|5|now"),
        ("駅は 😀😀", "駅は|😀|😀"),
        ("a\0b\x07c d", "a|b|c|d"),
        (" \t\n", ""),
        ("", ""),
    ],
)
def test_tokens(tokenizer, text, tokens):
    (found,) = tokenizer.split([text])
    assert "|".join(token for token, _, _ in found) == tokens


@settings(deadline=None, max_examples=30)
@given(texts=st.lists(st.text(max_size=40), max_size=4))
def test_every_token_is_where_it_says(texts):
    tokenizer = WordTokenizer(["a"], ["a"])
    found = tokenizer.split(texts)
    assert len(found) == len(texts)
    for text, tokens in zip(texts, found, strict=True):
        readable = text.encode("utf-8", "replace").decode()
        end = 0
        for token, start, stop in tokens:
            assert token and readable[start:stop] == token and start >= end
            gap = {unicodedata.category(character) for character in readable[end:start]}
            assert gap <= {"Cc", "Zs", "Zl", "Zp"}  # control characters and spaces
            end = stop


def test_ids(tokenizer):
    encoded = tokenizer.encode([["The", "A12", "cat"], [], ["dog"]])
    assert [words.tolist() for words, _ in encoded] == [[2, 4, 1], [], [3]]
    # begin, T, h, e, end; unknown characters are 1
    assert encoded[0][1].tolist() == [
        [2, 4, 7, 6, 3, 0, 0, 0],
        [2, 1, 1, 1, 3, 0, 0, 0],
        [2, 1, 1, 1, 3, 0, 0, 0],
    ]
    assert encoded[1][1].shape == (0, 8)
    assert tokenizer.encode([]) == []


def test_a_long_word_keeps_its_beginning_and_its_end(tokenizer):
    ((_, whole), (_, long)) = tokenizer.encode([["Thedog"], ["The" + "é" * 500 + "dog"]])
    assert np.array_equal(whole, long)
    ((_, lone),) = tokenizer.encode([["\ud800", ""]])
    assert lone.tolist() == [[2, 1, 3, 0, 0, 0, 0, 0], [2, 3, 0, 0, 0, 0, 0, 0]]


def test_training_keeps_what_is_seen_often():
    sentences = [["The", "dog", "and", "the", "cat"], ["a", "Dog", "of", "1990", "or", "1991"]]
    tokenizer = train_words(sentences)
    assert tokenizer.words == ["0000", "dog", "the"]
    assert "x" not in tokenizer.characters and "D" not in tokenizer.characters
    assert tokenizer.characters == train_words(sentences).characters
    assert train_words(sentences, max_words=1).words == ["0000"]
    with pytest.raises(ConfigError, match="no word that is seen 9 times"):
        train_words(sentences, min_count=9)
    with pytest.raises(ConfigError, match="no word"):
        train_words([])


def test_assets_bring_everything_back(tokenizer, tmp_path):
    tokenizer.save_assets(str(tmp_path))
    copy = WordTokenizer.from_config(tokenizer.get_config())
    with pytest.raises(ConfigError, match="knows no words"):
        copy.encode([["The"]])
    copy.load_assets(str(tmp_path))
    assert (copy.words, copy.characters) == (tokenizer.words, tokenizer.characters)
    assert copy.encode([["The"]])[0][0].tolist() == [2]
    with pytest.raises(MissingFileError, match="words.json"):
        copy.load_assets(str(tmp_path / "nowhere"))


def test_a_word_has_room_for_begin_and_end():
    with pytest.raises(ConfigError, match="word_length is at least 4"):
        WordTokenizer(word_length=3)


def test_word_ids_are_those_of_encode():
    tokenizer = WordTokenizer(["the", "dog", "here", "."], list("Tdehgo"))
    texts = ["The dog isn't here.", "", "dog"]
    tokens = [[token for token, _, _ in row] for row in tokenizer.split(texts)]
    assert list(tokenizer.cut(texts)) == tokens
    wanted = [words.tolist() for words, _ in tokenizer.encode(tokens)]
    assert wanted == [[2, 3, 1, 1, 4, 5], [], [3]]
    for same in (texts, tokens):
        assert [ids.tolist() for ids in tokenizer.word_ids(same)] == wanted
    assert tokenizer.word_ids([]) == []
