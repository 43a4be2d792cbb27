"""Words of two tokenizers in one, and running text by its different words."""

from __future__ import annotations

from argparse import Namespace

import numpy as np
import pytest
from tiny_datasets import add_imdb

from zoo.data import read_labelled
from zoo.errors import ConfigError
from zoo.experiments.vocabulary import texts_of, with_words_of, written_words_of
from zoo.inputs import TreebankWords, WordTokenizer


@pytest.mark.parametrize(("most", "more"), [(None, ["d", "e"]), (1, ["d"]), (0, [])])
def test_own_words_keep_their_ids(most, more):
    own, other = WordTokenizer(["c", "a"], ["a", "c"]), WordTokenizer(["d", "a", "e"], ["x"])
    found = with_words_of(own, other, most)
    assert found.words == ["c", "a", *more] and list(found.characters) == ["a", "c"]
    asked = [["c", "a", "zzz"]]
    assert found.word_ids(asked)[0].tolist() == own.word_ids(asked)[0].tolist()


def test_what_cuts_stays():
    own = WordTokenizer(["a"], ["a"], 7, TreebankWords(whole=["-tu"]))
    found = with_words_of(own, WordTokenizer(["b"]))
    assert (found.word_length, found.treebank) == (7, own.treebank)


@pytest.fixture
def args(tiny_mirror, tmp_path):
    add_imdb(tiny_mirror)
    texts = "imdb,imdb:unlabelled"
    return Namespace(
        run=tmp_path, strategy="one", texts=texts, fraction=1.0, max_words=9, word_epochs=1
    )


def test_texts_are_those_of_splits(args):
    expected = [
        one.text for split in ("train", "unlabelled") for one in read_labelled("imdb", split)
    ]
    assert [*texts_of(args.texts)] == expected
    with pytest.raises(ConfigError, match="'multi30k/en-fr' have no text"):
        list(texts_of("multi30k/en-fr"))


def test_a_text_is_what_its_different_words_say(args, monkeypatch):
    """Looked up by place, the words and letters of a text are those that its tokenizer gives."""
    own = WordTokenizer(["film"], list("abcdefghijklmnopqrstuvwxyz"), 8)
    found = written_words_of(args, own)
    assert found.tokenizer.words[0] == "film" and len(found.tokenizer.words) == 9
    expected = list(found.tokenizer.prepare([*texts_of(args.texts)]))
    for name in ("words", "characters"):
        whole = np.concatenate([one[name] for one in expected])
        np.testing.assert_array_equal(found.arrays[name][found.ids], whole)
    monkeypatch.delattr("zoo.experiments.vocabulary.texts_of")  # kept with the run
    again = written_words_of(args, own)
    np.testing.assert_array_equal(again.ids, found.ids)
    assert again.tokenizer.words == found.tokenizer.words
    args.word_epochs = 0
    assert written_words_of(args, own) == (own, None, None)
