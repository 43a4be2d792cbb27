"""Translating over a shortlist of the vocabulary."""

from __future__ import annotations

import numpy as np
import pytest
from small_nmt import small_nmt

import zoo
from zoo.decoding import NoRepeatNGram, Shortlist
from zoo.errors import ConfigError
from zoo.inputs import SentencePieceTokenizer

TEXTS = ["Where is the house?", "A dog sleeps.", "A man", "", "chair"]


@pytest.fixture(scope="module")
def model(trained_proto):
    return small_nmt(1, source_tokenizer=SentencePieceTokenizer(trained_proto), units=16)


class Fixed(Shortlist):
    """A shortlist that is the same for every source."""

    def __init__(self, tokens):
        super().__init__(np.zeros((1, 1)), 1)
        self.tokens = np.array(tokens, "int32")

    def tokens_for(self, source):
        return self.tokens


@pytest.mark.parametrize("beam_size", [1, 3])
def test_a_shortlist_of_everything_changes_nothing(model, beam_size):
    model = model.with_shortlist(Fixed(range(model.target_tokenizer.vocabulary_size)))
    whole = model.translate(TEXTS, beam_size=beam_size, return_attention=True)
    short = model.translate(TEXTS, beam_size=beam_size, return_attention=True, shortlist=True)
    assert [one.tokens for one in short] == [one.tokens for one in whole]
    np.testing.assert_allclose([o.score for o in short], [o.score for o in whole], rtol=1e-5)


def test_only_tokens_of_the_shortlist_come_out(model):
    """And they are what the model says when all others are impossible."""
    some = [*range(4), *range(5, model.target_tokenizer.vocabulary_size, 3)]
    model = model.with_shortlist(Fixed(some))
    short = model.translate(TEXTS, return_attention=True, shortlist=True)
    bias = model.decoder.output_bias
    kept = bias.numpy() if hasattr(bias, "numpy") else np.array(bias)
    barred = np.full_like(kept, -1e9)
    barred[some] = kept[some]
    bias.assign(barred)
    expected = model.translate(TEXTS, return_attention=True)
    bias.assign(kept)
    assert [one.tokens for one in short] == [one.tokens for one in expected]
    np.testing.assert_allclose([o.score for o in short], [o.score for o in expected], rtol=1e-4)
    assert short != model.translate(TEXTS, return_attention=True)


def test_it_is_saved_with_the_model(model, tmp_path):
    size = model.target_tokenizer.vocabulary_size
    table = np.random.default_rng(0).integers(0, size, (size, 4))
    model = model.with_shortlist(Shortlist(table, size, frequent=3))
    zoo.save(model, tmp_path / "m.keras")
    again = zoo.load(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.shortlist.table, table)
    assert again.translate(TEXTS, shortlist=True) == model.translate(TEXTS, shortlist=True)


def test_what_it_does_not_go_with(model):
    with pytest.raises(ConfigError, match="has no shortlist: give it one"):
        model.translate("A dog", shortlist=True)
    model = model.with_shortlist(Fixed(range(10)))
    search = zoo.decoding.BeamSearch(rules=[NoRepeatNGram(2)])
    for settings in ({"prefix": "Un"}, {"stream": True}, {"search": search}):
        with pytest.raises(ConfigError, match="neither rules nor prefix nor stream"):
            model.translate("A dog", shortlist=True, **settings)
