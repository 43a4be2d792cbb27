"""Samples have the frequencies that the distribution says, sharpened and cut as asked."""

from __future__ import annotations

import collections

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from scipy.stats import chi2
from searches import examples, lp, run
from toy_decoder import BOS, EOS, ToyModel, as_lists

from zoo.decoding import MinimumLength, SampleSearch

SAMPLES = 3000


def probabilities(model, row, previous, temperature=1.0, top_k=None, top_p=1.0, without=()):
    """The distribution of the next token, by the papers' definitions."""
    logits = model.logits[row, previous].astype("float64") / temperature
    logits[list(without)] = -np.inf
    p = np.exp(logits - logits.max())
    p /= p.sum()
    order = np.argsort(-p)
    kept = order[: top_k or len(p)]
    share = p[kept] / p[kept].sum()
    enough = int(np.searchsorted(np.cumsum(share), top_p - 1e-9)) + 1
    kept = kept[:enough]
    cut = np.zeros_like(p)
    cut[kept] = p[kept] / p[kept].sum()
    return cut


def fits(counts: dict, expected: dict) -> bool:
    """Chi-squared at 1 in 1,000; what is not expected must not come."""
    total = sum(counts.values())
    assert not set(counts) - {key for key, p in expected.items() if p > 0}
    rare = sum(p for p in expected.values() if p * total < 5)
    often = {key: p for key, p in expected.items() if p * total >= 5}
    statistic = sum((counts[k] - p * total) ** 2 / (p * total) for k, p in often.items())
    if rare * total >= 5:
        seen = total - sum(counts[key] for key in often)
        statistic += (seen - rare * total) ** 2 / (rare * total)
    return statistic < chi2.ppf(0.999, len(often))


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"temperature": 0.5},
        {"temperature": 2.0},
        {"top_k": 3},
        {"top_p": 0.8},
        {"temperature": 1.5, "top_k": 4, "top_p": 0.7},
    ],
)
def test_frequencies_match_the_distribution(how):
    model = ToyModel(batch=2, vocabulary=8, seed=4, sharpness=1.0)
    search = SampleSearch(**how, samples=SAMPLES, seed=1, max_length=3)
    ids = ops.convert_to_numpy(run(search, model, [3, 3]).ids)
    for row in range(2):
        first = collections.Counter(ids[row, :, 0].tolist())
        assert fits(first, dict(enumerate(probabilities(model, row, BOS, **how))))
        for previous, count in first.items():
            if count > 100 and previous != EOS:
                second = collections.Counter(ids[row, ids[row, :, 0] == previous, 1].tolist())
                assert fits(second, dict(enumerate(probabilities(model, row, previous, **how))))


@pytest.mark.parametrize("top_k", [5, 6, 7, 8])
def test_how_many_are_kept_is_handed_over(top_k):
    """One function, in which eight are sorted, keeps as many as a call says."""
    logits = np.random.default_rng(1).normal(size=(1, 1, 20)).astype("float32")
    kept = np.argsort(-logits[0, 0])[:top_k]
    shares = np.exp(logits[0, 0, kept].astype("float64"))
    ends = np.cumsum(shares) / shares.sum()
    points = np.linspace(0, 1, 500, endpoint=False)
    expected = kept[np.searchsorted(ends, points, side="right")]
    compiled = SampleSearch(top_k=8).with_given(SampleSearch(top_k=top_k).given_array())
    noise = np.round(points * (1 << 23)).astype("int32")[:, None]
    drawn = ops.convert_to_numpy(compiled.decide(np.repeat(logits, 500, 0), noise))
    is_near = np.abs(points[:, None] - ends).min(axis=1) < 1e-5
    differ = drawn[:, 0] != expected
    assert not differ[~is_near].any() and is_near.sum() < 9


def test_the_test_sees_another_distribution():
    model = ToyModel(batch=1, vocabulary=8, seed=4, sharpness=1.0)
    at_limit = SampleSearch(samples=SAMPLES, seed=1, max_length=1)
    ids = ops.convert_to_numpy(run(at_limit, model, [1]).ids)
    assert (ids == EOS).all()  # at the limit nothing is drawn
    search = SampleSearch(temperature=0.8, samples=SAMPLES, seed=1, max_length=3)
    first = collections.Counter(ops.convert_to_numpy(run(search, model, [3]).ids)[0, :, 0].tolist())
    assert not fits(first, dict(enumerate(probabilities(model, 0, BOS))))


def test_rules_are_kept_and_the_rest_keeps_its_shares():
    model = ToyModel(batch=1, vocabulary=8, seed=4, sharpness=1.0)
    search = SampleSearch(samples=SAMPLES, seed=1, max_length=4, rules=[MinimumLength(3)])
    found = run(search, model, [4])
    first = collections.Counter(ops.convert_to_numpy(found.ids)[0, :, 0].tolist())
    assert fits(first, dict(enumerate(probabilities(model, 0, BOS, without=[EOS]))))
    for n in range(50):
        ids = as_lists(found.ids)[0][n]
        assert len(ids) >= 3
        np.testing.assert_allclose(found.log_probs[0, n], model.log_prob(0, ids), rtol=1e-4)


@settings(max_examples=examples(10), deadline=None)
@given(
    seed=st.integers(0, 10**6),
    temperature=st.floats(0.1, 3),
    top_k=st.one_of(st.none(), st.integers(1, 9)),
    top_p=st.floats(0.05, 1),
)
def test_scores_are_the_models_and_batches_are_their_rows(seed, temperature, top_k, top_p):
    model = ToyModel(batch=3, vocabulary=8, seed=seed)
    search = SampleSearch(temperature, top_k, top_p, samples=2, seed=3, max_length=6)
    noise = np.stack([search.draws_of(row, 6) for row in range(3)])
    limits = [6, 2, 5]
    together = run(search, model, limits, noise=noise)
    for row, limit in enumerate(limits):
        rows = slice(row, row + 1)
        alone = run(search, model, [limit], rows=rows, noise=noise[rows])
        assert as_lists(alone.ids)[0] == as_lists(together.ids)[row]
        for n, ids in enumerate(as_lists(together.ids)[row]):
            assert ids[-1] == EOS and ids.count(EOS) == 1 and len(ids) <= limit
            expected = model.log_prob(row, ids)
            np.testing.assert_allclose(together.log_probs[row, n], expected, rtol=1e-4, atol=1e-4)
            np.testing.assert_allclose(
                together.scores[row, n], expected / lp(len(ids), 1.0), rtol=1e-4, atol=1e-4
            )


def test_seeds():
    same, other = SampleSearch(samples=2, seed=5), SampleSearch(samples=2, seed=6)
    np.testing.assert_array_equal(same.draws_of(3, 8), same.draws_of(3, 20)[:, :8])
    assert (same.draws_of(3, 8) != same.draws_of(4, 8)).any()
    assert (same.draws_of(3, 8) != other.draws_of(3, 8)).any()
    free = SampleSearch(samples=2)
    assert (free.draws_of(0, 8) != free.draws_of(0, 8)).any()


def test_configs_round_trip():
    search = SampleSearch(0.7, 5, 0.9, samples=3, seed=1, max_length=9)
    assert repr(SampleSearch.from_config(search.get_config())) == repr(search)
    assert search.n == 3


@pytest.mark.parametrize(
    "arguments, word",
    [
        ({"temperature": 0}, "temperature"),
        ({"temperature": float("inf")}, "temperature"),
        ({"top_k": 0}, "top_k"),
        ({"top_p": 0}, "top_p"),
        ({"top_p": 1.1}, "top_p must be a number above 0 and at most 1"),
        ({"samples": 0}, "samples"),
        ({"seed": -1}, "seed"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_bad_arguments_are_named(arguments, word):
    with pytest.raises(ValueError, match=word):
        SampleSearch(**arguments)


def test_a_list_may_be_given_in_parts():
    search = SampleSearch(samples=2, seed=5)
    later = search.from_place(7)
    assert (later.draws_of(2, 6) == search.draws_of(9, 6)).all()
    assert (search.draws_of(2, 6) != later.draws_of(2, 6)).any()
    assert repr(later) == repr(search)  # what is compiled for one serves the other
