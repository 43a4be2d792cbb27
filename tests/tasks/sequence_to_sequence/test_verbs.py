"""Scoring, prefixes, other searches and streaming: what `translate` and `score` share."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from small_nmt import EOS, small_nmt, teacher_forced

from zoo.decoding import (
    BeamSearch,
    CoveragePenalty,
    GreedySearch,
    MinimumLength,
    NoRepeatNGram,
    OneOf,
    SampleSearch,
)
from zoo.errors import ConfigError, UnknownNameError
from zoo.inputs import SentencePieceTokenizer

TEXTS = ["Where is the house?", "A dog sleeps.", "A man", "chair"]


@pytest.fixture(scope="module")
def tokenizer(trained_proto):
    return SentencePieceTokenizer(trained_proto)


@pytest.fixture(scope="module")
def model(tokenizer):
    return small_nmt(1, source_tokenizer=tokenizer, units=16)


@pytest.fixture(scope="module")
def found(model):
    return model.translate(TEXTS, beam_size=3, n_best=2)


# Scores -----------------------------------------------------------------------------------------


def test_scores_are_those_of_numpy(model, tokenizer):
    targets = ["Un chien dort.", "La maison", "un vélo rouge ici", ""]
    found = model.score(TEXTS, targets)
    sources = [[*ids, EOS] for ids in tokenizer.encode(TEXTS)]
    outputs = [[*ids, EOS] for ids in tokenizer.encode(targets)]
    for score, ids, rows in zip(
        found, outputs, teacher_forced(model, sources, outputs), strict=True
    ):
        expected = rows[np.arange(len(ids)), ids]
        np.testing.assert_allclose(score.token_log_probs, expected, rtol=1e-4, atol=1e-4)
        total = expected.sum()
        assert score.log_prob == pytest.approx(total, rel=1e-4)
        assert score.score == pytest.approx(total / ((5 + len(ids)) / 6), rel=1e-4)
        assert score.perplexity == pytest.approx(np.exp(-total / len(ids)), rel=1e-3)
        assert score.tokens == tokenizer.pieces(ids)
    alone = model.score(TEXTS[1], targets[1])
    assert alone.log_prob == pytest.approx(found[1].log_prob, rel=1e-5)


def test_scores_of_what_was_found_are_those_that_were_returned(model, found):
    flat = [(text, one) for text, both in zip(TEXTS, found, strict=True) for one in both]
    scores = model.score([text for text, _ in flat], [one for _, one in flat])
    for (_, one), score in zip(flat, scores, strict=True):
        assert score.log_prob == pytest.approx(one.log_prob, rel=1e-4, abs=1e-3)
        assert score.score == pytest.approx(one.score, rel=1e-4, abs=1e-3)
        assert score.tokens == one.tokens


@pytest.mark.parametrize(
    "sources, targets, word",
    [
        (["a", "b"], ["c"], "one target for each source"),
        ("a", ["c"], "one target for each source"),
        (["a"], "c", "one target for each source"),
        (["a"], None, "one target for each source"),
        (["a"], [3], "A target is a string"),
        (b"a", "c", "score wants a string"),
    ],
)
def test_what_cannot_be_scored_is_named(model, sources, targets, word):
    with pytest.raises(ConfigError, match=word):
        model.score(sources, targets)


# Prefixes ---------------------------------------------------------------------------------------


def test_characters_that_the_vocabulary_lacks_are_passed_over(model, found):
    noisy = ["🙂 " + TEXTS[0], "A dog 🙂🙂 sleeps.", "🙂", *TEXTS[2:]]
    clean = [*TEXTS[:2], "", *TEXTS[2:]]
    assert model.translate(noisy) == model.translate(clean)
    assert model.translate("🙂") == "" and list(model.translate("🙂", stream=True)) == []
    assert model.score(noisy[0], "Où ?") == model.score(clean[0], "Où ?")


def test_translations_begin_with_their_prefix(model, found):
    prefixes = ["un", "", "La maison rouge", "chien"]
    forced = model.translate(TEXTS, beam_size=3, prefix=prefixes, return_attention=True)
    for one, prefix, text in zip(forced, prefixes, TEXTS, strict=True):
        assert one.text.startswith(prefix) and one.tokens[-1] == "</s>"
        score = model.score(text, one)
        assert score.log_prob == pytest.approx(one.log_prob, rel=1e-4, abs=1e-3)
        alone = model.translate(text, beam_size=3, prefix=prefix)
        assert alone == one.text
    assert forced[1].text == found[1][0].text
    assert all(text.startswith("un") for text in model.translate(TEXTS, beam_size=3, prefix="un"))


# Other searches ---------------------------------------------------------------------------------


def test_samples_do_not_depend_on_the_batch(model):
    search = SampleSearch(0.7, samples=2, seed=3)
    drawn = model.translate(TEXTS, search=search)
    assert [len(one) for one in drawn] == [2] * 4
    more = model.translate([*TEXTS, "A girl looks at the water.", "here"], search=search)
    assert [[one.text for one in both] for both in drawn] == [
        [one.text for one in both] for both in more[:4]
    ]
    assert model.translate(TEXTS[0], search=search)[1].text == drawn[0][1].text
    texts = {one.text for both in drawn for one in both}
    assert len(texts) > 4
    for text, both in zip(TEXTS, drawn, strict=True):
        score = model.score([text] * 2, both)
        for one, again in zip(both, score, strict=True):
            assert again.log_prob == pytest.approx(one.log_prob, rel=1e-4, abs=1e-3)
    others = model.translate(TEXTS, search=SampleSearch(0.7, samples=2, seed=4))
    assert {one.text for both in others for one in both} != texts


def test_rules_are_kept(model, tokenizer, found):
    rules = [NoRepeatNGram(1), MinimumLength(9), CoveragePenalty(0.4)]
    for one in model.translate(
        TEXTS, search=BeamSearch(3, rules=rules, max_length=12), return_attention=True
    ):
        assert len(set(one.tokens)) == len(one.tokens) and 9 <= len(one.tokens) <= 12
        coverage = np.minimum(one.attention.sum(axis=0), 1)
        plain = one.log_prob / ((5 + len(one.tokens)) / 6)
        assert one.score == pytest.approx(plain + 0.4 * np.log(coverage).sum(), rel=1e-3)


def test_one_of_a_few(model, tokenizer):
    """And fewer than were asked for where there are no more."""
    choices = ["La maison", "La table rouge", "un chien"]
    rule = OneOf([[*ids, EOS] for ids in tokenizer.encode(choices)])
    found = model.translate(TEXTS[0], search=BeamSearch(5, n_best=5, rules=[rule]))
    assert sorted(one.text for one in found) == sorted(choices)
    scores = model.score([TEXTS[0]] * 3, [one.text for one in found])
    assert [s.score for s in scores] == sorted((s.score for s in scores), reverse=True)
    for one, score in zip(found, scores, strict=True):
        assert score.score == pytest.approx(one.score, rel=1e-4, abs=1e-3)


@pytest.mark.parametrize(
    "arguments, word",
    [
        ({"search": 3}, "search is a registered name"),
        ({"search": GreedySearch(), "beam_size": 3}, "leave out beam_size"),
        ({"search": GreedySearch(), "n_best": 2}, "leave out beam_size"),
        ({"prefix": ["a", "b"]}, "prefix is a string"),
        ({"prefix": None}, "prefix is a string"),
        ({"prefix": [3]}, "prefix is a string"),
        ({"stream": True, "beam_size": 5}, "use beam_size=1"),
        ({"stream": True, "search": SampleSearch(samples=2)}, "use beam_size=1"),
        ({"stream": True, "return_attention": True}, "gives text alone"),
    ],
)
def test_bad_arguments_are_named(model, arguments, word):
    with pytest.raises(ConfigError, match=word) as caught:
        model.translate("A man", **arguments)
    assert "\n" not in str(caught.value)


def test_a_list_is_not_streamed(model):
    with pytest.raises(ConfigError, match="takes a string, not a list"):
        model.translate(TEXTS, stream=True)


# Streaming --------------------------------------------------------------------------------------


def test_pieces_together_are_the_translation(model):
    whole = model.translate(TEXTS, beam_size=1)
    for text, expected in zip(TEXTS, whole, strict=True):
        pieces = list(model.translate(text, stream=True))
        assert "".join(pieces) == expected
        assert all(pieces)
    assert max(len(list(model.translate(text, stream=True))) for text in TEXTS) > 3
    assert list(model.translate(" ", stream=True)) == []


def test_each_piece_comes_when_it_is_decided(model, monkeypatch):
    steps = []
    compiled = model._stepwise

    def counted(*arguments):
        start, advance = compiled(*arguments)
        return start, lambda *a: steps.append(1) or advance(*a)

    monkeypatch.setattr(model, "_stepwise", counted)
    pieces = model.translate(TEXTS[0], stream=True)
    assert not steps
    next(pieces)
    early = len(steps)
    list(pieces)
    assert 0 < early < len(steps)


def test_streamed_samples_prefixes_and_rules(model):
    rules = [NoRepeatNGram(2)]
    for search in (SampleSearch(0.8, seed=2), GreedySearch(rules=rules)):
        for prefix in ("", "La maison rouge"):
            whole = model.translate(TEXTS[0], search=search, prefix=prefix)
            streamed = model.translate(TEXTS[0], search=search, prefix=prefix, stream=True)
            assert "".join(streamed) == whole
            assert whole.startswith(prefix)


# Searches by name -------------------------------------------------------------------------------


def test_a_search_has_a_name(model):
    assert model.translate(TEXTS, search="greedy") == model.translate(TEXTS, beam_size=1)
    assert model.translate(TEXTS, search="beam") == model.translate(TEXTS, search=BeamSearch())
    with pytest.raises(UnknownNameError, match="no search 'beem'; did you mean 'beam'"):
        model.translate(TEXTS, search="beem")
    with pytest.raises(ConfigError, match="says it all: leave out beam_size"):
        model.translate(TEXTS, search="greedy", beam_size=3)


class FirstEnded(BeamSearch):
    """Stops as soon as enough hypotheses have ended, whatever the others may come to."""

    def can_win(self, now, max_lengths):
        ended = keras.ops.sum(keras.ops.cast(now["finished"], "int32"), axis=1, keepdims=True)
        is_open = keras.ops.logical_not(now["finished"])
        return keras.ops.logical_and(is_open, ended < self.n_best)


def test_a_stopping_rule_of_ones_own(model):
    search = FirstEnded(4, n_best=1)
    (early,), (best,) = (
        model.translate(TEXTS[:1], search=s, return_attention=True) for s in (search, BeamSearch(4))
    )
    assert early.score <= best.score + 1e-6
    assert len(early.tokens) <= len(best.tokens)
