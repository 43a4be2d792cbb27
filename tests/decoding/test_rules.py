"""Rules against exhaustive enumeration of what they allow, with the model's own probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from searches import examples, lp, run
from toy_decoder import EOS, ToyModel, ToyWithAttention, as_lists

from zoo.decoding import (
    BeamSearch,
    CoveragePenalty,
    ForcedPrefix,
    GreedySearch,
    MinimumLength,
    NoRepeatNGram,
    OneOf,
)

LENGTH, VOCABULARY = 4, 6
CHOICES = [[4, EOS], [4, 5, EOS], [1, 1, 4, EOS], [5, EOS]]


def no_repeat(n):
    def keeps(row, ids):
        grams = [ids[i : i + n] for i in range(len(ids) - n + 1)]
        return len(set(grams)) == len(grams)

    return keeps


RULES = {
    "minimum length": ([MinimumLength(3)], lambda row, ids: len(ids) >= 3),
    "no token twice": ([NoRepeatNGram(1)], no_repeat(1)),
    "no pair twice": ([NoRepeatNGram(2)], no_repeat(2)),
    "one prefix": ([ForcedPrefix([5, 4])], lambda row, ids: ids[:2] == (5, 4)),
    "prefix of a row": (
        [ForcedPrefix([[5, 4], [1, 0]])],
        lambda row, ids: ids[:2] == (5, 4) if row == 0 else ids[0] == 1,
    ),
    "one of": ([OneOf(CHOICES)], lambda row, ids: list(ids) in CHOICES),
    "all at once": (
        [MinimumLength(3), NoRepeatNGram(1), ForcedPrefix([4])],
        lambda row, ids: len(ids) >= 3 and no_repeat(1)(row, ids) and ids[0] == 4,
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_a_wide_beam_finds_the_best_that_keeps_the_rule(name):
    rules, keeps = RULES[name]
    search = BeamSearch(3**LENGTH * 2, alpha=0.6, n_best=3, rules=rules, max_length=LENGTH)
    for seed in range(3):
        model = ToyModel(batch=2, vocabulary=VOCABULARY, seed=seed, sharpness=1.0)
        found = run(search, model, [LENGTH, LENGTH])
        for row in range(2):
            sequences = model.all_sequences(row, LENGTH)
            best = sorted(
                ((p / lp(len(ids), 0.6), p, ids) for ids, p in sequences if keeps(row, ids)),
                reverse=True,
            )[:3]
            assert as_lists(found.ids)[row] == [list(ids) for _, _, ids in best]
            np.testing.assert_allclose(found.scores[row], [s for s, _, _ in best], rtol=1e-5)
            np.testing.assert_allclose(found.log_probs[row], [p for _, p, _ in best], rtol=1e-5)


@pytest.mark.parametrize("name", RULES)
def test_greedy_search_takes_the_best_token_that_the_rule_leaves(name):
    """Which is what a beam of one does, and what any output's continuations show."""
    rules, keeps = RULES[name]
    model = ToyModel(batch=2, vocabulary=VOCABULARY, seed=5)
    found = run(GreedySearch(rules=rules, max_length=LENGTH), model, [LENGTH, LENGTH])
    beam = run(BeamSearch(1, rules=rules, max_length=LENGTH), model, [LENGTH, LENGTH])
    assert as_lists(found.ids) == as_lists(beam.ids)
    np.testing.assert_allclose(found.log_probs, beam.log_probs, rtol=1e-5)
    for row in range(2):
        every = [ids for ids, _ in model.all_sequences(row, LENGTH) if keeps(row, ids)]
        output = tuple(as_lists(found.ids)[row][0])
        for t, token in enumerate(output):
            could = {ids[t] for ids in every if ids[:t] == output[:t] and len(ids) > t}
            previous = output[t - 1] if t else 2
            assert token == max(could, key=lambda c: model.log_probs[row, previous, c])
        np.testing.assert_allclose(found.log_probs[row, 0], model.log_prob(row, output), rtol=1e-5)


def test_at_its_limit_an_output_may_end_whatever_the_rules_say():
    model = ToyModel(batch=2, vocabulary=VOCABULARY, seed=0)
    for search in (GreedySearch, BeamSearch):
        found = run(search(rules=[MinimumLength(9)], max_length=5), model, [5, 2])
        assert [len(ids) for (ids,) in as_lists(found.ids)] == [5, 2]
        assert (ops.convert_to_numpy(found.log_probs) > -1e3).all()


@pytest.mark.parametrize("beta", [0.0, 0.3, 2.0])
def test_coverage_is_that_of_the_paper(beta):
    """Padding, which nothing attends to, does not count."""
    search = BeamSearch(3**LENGTH * 2, n_best=3, rules=[CoveragePenalty(beta)], max_length=LENGTH)
    changed = 0
    for seed in range(4):
        model = ToyWithAttention(batch=2, vocabulary=VOCABULARY, seed=seed, sharpness=1.0)
        found = run(search, model, [LENGTH, LENGTH])
        for row in range(2):
            ranked = sorted(
                (
                    (p / lp(len(ids), 1) + beta * model.coverage_penalty(row, ids), ids)
                    for ids, p in model.all_sequences(row, LENGTH)
                ),
                reverse=True,
            )[:3]
            assert as_lists(found.ids)[row] == [list(ids) for _, ids in ranked]
            np.testing.assert_allclose(found.scores[row], [s for s, _ in ranked], rtol=1e-4)
            plain = max((p / lp(len(i), 1), i) for i, p in model.all_sequences(row, LENGTH))[1]
            changed += plain != ranked[0][1]
    assert changed > 0 or beta < 1


def test_a_greedy_output_has_the_score_of_its_coverage():
    model = ToyWithAttention(batch=3, vocabulary=VOCABULARY, seed=1)
    found = run(GreedySearch(rules=[CoveragePenalty(0.5)], max_length=7), model, [7, 7, 2])
    for row, (ids,) in enumerate(as_lists(found.ids)):
        score = model.log_prob(row, ids) / lp(len(ids), 1)
        score += 0.5 * model.coverage_penalty(row, ids)
        np.testing.assert_allclose(found.scores[row, 0], score, rtol=1e-5)


@settings(max_examples=examples(6), deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 3), shortest=st.integers(1, 6))
def test_a_batch_gives_what_its_rows_give_and_rules_are_kept(seed, n, shortest):
    rules = [NoRepeatNGram(n), MinimumLength(shortest)]
    search = BeamSearch(3, n_best=2, rules=rules, max_length=6)
    model = ToyModel(batch=3, vocabulary=8, seed=seed, sharpness=3.0)
    together = run(search, model, [6, 4, 6])
    for row, limit in enumerate([6, 4, 6]):
        alone = run(search, model, [limit], rows=slice(row, row + 1))
        for n_th, ids in enumerate(as_lists(together.ids)[row]):
            assert no_repeat(n)(row, tuple(ids)) and len(ids) >= min(shortest, limit)
            # The same pairs of tokens in another order are as probable, and either may come first.
            other = as_lists(alone.ids)[0][n_th]
            for log_prob in (together.log_probs[row, n_th], model.log_prob(row, other)):
                np.testing.assert_allclose(log_prob, model.log_prob(row, ids), rtol=1e-4)
            assert other == ids or len(other) == len(ids)


@settings(deadline=None, max_examples=30)
@given(st.sets(st.lists(st.integers(4, 6), min_size=0, max_size=5).map(tuple), min_size=1))
def test_one_of_many_is_exactly_one_of_them(words):
    """Every path through the table, whatever branches were joined."""
    rule = OneOf([[*word, EOS] for word in words])

    def paths(node, before):
        edges = [(t, n) for t, n in zip(rule._tokens[node], rule._next[node], strict=True) if t]
        return [path for t, n in edges for path in paths(n, (*before, t))] or [before]

    assert sorted(paths(0, ())) == sorted((*word, EOS) for word in words)


def test_words_that_end_alike_share_their_end():
    endings = [[a, b, 6, 6, 6, EOS] for a in (4, 5) for b in (4, 5)]
    assert len(OneOf(endings)._tokens) == 1 + 1 + 4 + 1  # the begin, one letter, the end, no more
    assert repr(OneOf(endings)) != repr(OneOf(endings[:3])) and len(repr(OneOf(endings))) < 60


def test_configs_round_trip():
    rules = [
        MinimumLength(4),
        NoRepeatNGram(3),
        CoveragePenalty(0.2),
        ForcedPrefix(np.array([[4, 5]])),
        OneOf(CHOICES),
    ]
    for search in (GreedySearch(rules=rules, max_length=9), BeamSearch(4, rules=rules)):
        again = type(search).from_config(search.get_config())
        assert again.get_config() == search.get_config()
        assert repr(again) == repr(search)
        assert [type(rule) for rule in again.rules] == [type(rule) for rule in rules]


@pytest.mark.parametrize(
    "make, word",
    [
        (lambda: MinimumLength(0), "length"),
        (lambda: NoRepeatNGram(1.5), "n must be"),
        (lambda: CoveragePenalty(-1), "beta"),
        (lambda: OneOf([]), "at least one sequence"),
        (lambda: OneOf([[4, 3], []]), "at least one sequence"),
    ],
)
def test_bad_arguments_are_named(make, word):
    with pytest.raises(ValueError, match=word):
        make()
