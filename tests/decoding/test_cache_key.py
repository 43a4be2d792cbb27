"""Compiled searches are shared only by searches that compute the same, however they are written."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from small_lm import small_lm
from small_nmt import small_nmt

from zoo.decoding import (
    BeamSearch,
    DiverseBeamSearch,
    GreedySearch,
    NoRepeatNGram,
    OneOf,
    Rule,
    SampleSearch,
)
from zoo.decoding.cache_key import MOST, cache_key, compiled_for
from zoo.inputs import SentencePieceTokenizer
from zoo.inputs.characters import train_characters

TEXT = "A dog sleeps."


class Without(Rule):
    """Forbids tokens, and has no `get_config`."""

    def __init__(self, forbidden, vocabulary):
        self.mask = np.ones(vocabulary, bool)
        self.mask[list(forbidden)] = False

    def allowed(self, count, states, vocabulary):
        return np.broadcast_to(self.mask, (1, 1, vocabulary))


class Hidden(GreedySearch):
    """Takes another token than the best, and says nothing of it in its config."""

    def __init__(self, token, **kwargs):
        super().__init__(**kwargs)
        self.token = token

    def decide(self, logits, noise):
        best = super().decide(logits, noise)
        return best * 0 + self.token


@pytest.fixture(scope="module")
def tokenizer(trained_proto):
    return SentencePieceTokenizer(trained_proto)


@pytest.fixture(scope="module")
def make(tokenizer):
    return lambda: small_nmt(1, source_tokenizer=tokenizer, units=8)


@pytest.fixture(scope="module")
def model(make):
    return make()


def tokens_of(model, search):
    return model.translate(TEXT, search=search, return_attention=True).tokens


def test_a_rule_without_a_config_is_asked_each_time(model, tokenizer):
    size = tokenizer.vocabulary_size
    first = tokens_of(model, GreedySearch(max_length=4, rules=[Without([], size)]))
    ids = set(tokenizer.ids(first)) - {3}
    search = GreedySearch(max_length=4, rules=[Without(ids, size)])
    second = tokens_of(model, search)
    assert ids and not ids & set(tokenizer.ids(second))
    # The same object, changed in place.
    search.rules[0].mask[:] = True
    assert tokens_of(model, search) == first


def test_a_search_without_a_config_is_asked_each_time(model, tokenizer):
    for token in (7, 9):
        found = tokens_of(model, Hidden(token, max_length=3))
        assert found[:2] == tokenizer.pieces([token, token])
    for token in (7, 9):
        found = "".join(model.translate(TEXT, search=Hidden(token, max_length=3), stream=True))
        assert found == tokenizer.decode([[token, token]])[0]


def test_a_class_edited_in_a_notebook_is_another(model, tokenizer):
    found = []
    for token in (7, 9):

        class Mine(GreedySearch):
            number = token

            def decide(self, logits, noise):
                return super().decide(logits, noise) * 0 + self.number

        found.append(tokens_of(model, Mine(max_length=3))[0])
    assert found == tokenizer.pieces([7, 9])


def test_equal_searches_share_what_was_compiled(make, tokenizer):
    model, size = make(), tokenizer.vocabulary_size
    for _ in range(2):
        tokens_of(model, GreedySearch(max_length=3, rules=[Without([5], size)]))
    assert len(model._compiled_searches) == 1


def test_what_counts_for_a_key():
    rules = (NoRepeatNGram(2), OneOf([[1, 2], [3]]), Without([1], 5))
    for search in (
        BeamSearch(3, rules=rules),
        SampleSearch(0.5, seed=1),
        GreedySearch(alpha=0.5),
    ):
        same = copy.copy(search)
        assert cache_key(search) == cache_key(same)
        same.alpha = 0.7  # is handed over
        assert cache_key(search) == cache_key(same)
        same.eos_id = 4
        assert cache_key(search) != cache_key(same)
    sampled = [SampleSearch(0.5, top_p=p) for p in (0.3, 0.8, 1.0)]
    assert len({cache_key(search) for search in sampled}) == 2  # whether it is cut at all
    keys = [
        cache_key(Without([1], 5)),
        cache_key(Without([2], 5)),
        cache_key(OneOf([[1, 2]])),
        cache_key(OneOf([[1, 3]])),
        cache_key(NoRepeatNGram(2)),
        *map(cache_key, (1, 1.0, True, 0.0, -0.0, "1", b"1", (1,), [1], {1}, {1: 1}, lambda: 1)),
        cache_key(np.zeros(2, "int32")),
        cache_key(np.zeros(1, "int64")),
        cache_key(np.zeros((2, 1), "int32")),
        cache_key(np.int32(1)),
    ]
    assert len(set(keys)) == len(keys)
    assert cache_key(SampleSearch(seed=1)) == cache_key(SampleSearch(seed=1).from_place(3))
    loop = Without([1], 5)
    loop.me = loop
    assert cache_key(loop) == cache_key(loop)


def test_what_cannot_be_compared_is_kept_alive():
    """Or another object would get its address, and its answer."""
    rule = Without([1], 5)
    rule.function = lambda: 1
    key = cache_key(rule)
    rule.function = lambda: 2
    assert cache_key(rule) != key


def test_the_least_used_is_forgotten():
    cache: dict = {}
    first = compiled_for(cache, GreedySearch(max_length=1))
    first["x"] = 1
    for number in range(2, MOST + 1):
        compiled_for(cache, GreedySearch(max_length=number))
    assert compiled_for(cache, GreedySearch(max_length=1)) is first
    compiled_for(cache, GreedySearch(max_length=MOST + 1))
    assert len(cache) == MOST
    assert compiled_for(cache, GreedySearch(max_length=1)) is first
    assert compiled_for(cache, GreedySearch(max_length=2)) == {}


def test_functions_are_counted_whichever_search_they_are_of():
    cache: dict = {}
    first = compiled_for(cache, GreedySearch(max_length=1))
    first.update(dict.fromkeys(range(MOST - 1)))
    compiled_for(cache, GreedySearch(max_length=2))["x"] = 1
    assert compiled_for(cache, GreedySearch(max_length=1)) is first
    compiled_for(cache, GreedySearch(max_length=3))  # the second is the least used now
    assert len(cache) == 2 and compiled_for(cache, GreedySearch(max_length=1)) is first
    first.update(dict.fromkeys(range(MOST + 3)))
    assert list(compiled_for(cache, GreedySearch(max_length=1))) == list(range(3, MOST + 3))


def test_how_many_and_the_penalty_are_handed_over(make):
    model, alone = make(), []
    for penalty, added in (("wu", 5), ("average", 0)):
        best = model.translate(TEXT, beam_size=4, n_best=4, length_penalty=penalty)
        for found in best:
            expected = found.log_prob / ((added + len(found.tokens)) / (added + 1))
            assert found.score == pytest.approx(expected, rel=1e-5)
        for n in (2, 3):
            some = model.translate(TEXT, beam_size=4, n_best=n, length_penalty=penalty)
            assert [one.text for one in some] == [one.text for one in best[:n]]
        alone.append(model.translate(TEXT, beam_size=4, length_penalty=penalty))
        assert alone[-1] == best[0].text
    assert len(model._compiled_searches) == 1


def test_numbers_beyond_float32_are_its_greatest():
    given = GreedySearch(alpha=1e300).given_array()
    assert given.dtype == "float32" and np.isfinite(given).all()


def test_numbers_are_handed_over_and_count(make):
    """One compiled search for every alpha, seed, temperature and diversity, each as it is meant."""
    model = make()
    for alpha in (0.0, 0.7, 1.3):
        for found in model.translate(TEXT, beam_size=3, n_best=3, alpha=alpha):
            expected = found.log_prob / ((5 + len(found.tokens)) / 6) ** alpha
            assert found.score == pytest.approx(expected, rel=1e-5)
    assert len(model._compiled_searches) == 1
    for kind, settings in {
        SampleSearch: [{"temperature": t, "seed": s} for t, s in ((0.2, 1), (3.0, 1), (3.0, 2))],
        DiverseBeamSearch: [{"diversity": d} for d in (0.0, 30.0)],
    }.items():
        before = len(model._compiled_searches)
        answers = [tokens_of(model, kind(max_length=6, **one)) for one in settings]
        assert len(model._compiled_searches) == before + 1
        assert [tokens_of(make(), kind(max_length=6, **one)) for one in settings] == answers
        assert len(set(map(tuple, answers))) > 1
        # The same, shown while it is decided.
        if kind is SampleSearch:
            for one, tokens in zip(settings, answers, strict=True):
                stream = model.translate(TEXT, search=kind(max_length=6, **one), stream=True)
                ids = model.target_tokenizer.ids(tokens)
                assert "".join(stream) == model.target_tokenizer.decode([ids])[0]
            assert len(model._compiled_searches) == before + 1


def test_a_language_model_compiles_once_for_all_numbers():
    model, other = (small_lm(tokenizer=train_characters(["abcdefg"])) for _ in range(2))
    found = [model.generate("ab", 9, seed=s, temperature=t) for s in range(3) for t in (0.1, 2)]
    assert len(model._writers) == 1
    assert other.generate("ab", 9, seed=2, temperature=2) == found[-1]
    assert len(set(found)) > 2
    model.generate("ab", 3, seed=0, top_p=0.5)
    model.generate("ab", 3, seed=0, top_p=0.6)
    assert len(model._writers) == 2


def test_endings_share_what_was_compiled():
    model = small_lm(tokenizer=train_characters(["abcdefg"]))
    found = [model.complete("ab", n) for n in (3, 5, 8, 9, 12)]
    assert len(model._writers) == 1 and len(next(iter(model._writers.values()))) == 2
    assert [len(endings) for endings in found] == [3, 5, 8, 9, 12]
    assert found[0] == found[2][:3] and found[1] == found[2][:5] and found[3] == found[4][:9]
