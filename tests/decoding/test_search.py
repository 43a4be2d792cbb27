"""Greedy and beam search against exhaustive enumeration on toy models."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from searches import examples, lp, run
from toy_decoder import BOS, EOS, ToyModel, as_lists

from zoo.decoding import BeamSearch, GreedySearch

SEEDS = st.integers(0, 10**6)
NORMALISED = st.sampled_from([("wu", 0.0), ("wu", 0.6), ("wu", 1.0), ("average", 1.0)])


def ranked(model, row, length, alpha, kind):
    """Every output's score and ids, the best first."""
    every = model.all_sequences(row, length)
    return sorted(((p / lp(len(ids), alpha, kind), ids) for ids, p in every), reverse=True)


def best_scores(model, width, length, kind="wu", alpha=1.0):
    """The score of the best output that a beam finds in each row."""
    search = BeamSearch(width, alpha, length_penalty=kind, max_length=length)
    limits = [length] * len(model.logits)
    return ops.convert_to_numpy(run(search, model, limits).scores)[:, 0]


@settings(max_examples=examples(10), deadline=None)
@given(seed=SEEDS, normalised=NORMALISED, n_best=st.sampled_from([1, 4]))
def test_wide_beam_is_exhaustive(seed, normalised, n_best):
    kind, alpha = normalised
    model = ToyModel(batch=3, vocabulary=6, seed=seed, sharpness=1.0)
    search = BeamSearch(3**4 * 2, alpha, n_best=n_best, length_penalty=kind, max_length=4)
    found = run(search, model, [4, 4, 4])
    for row in range(3):
        best = ranked(model, row, 4, alpha, kind)[:n_best]
        scores = ops.convert_to_numpy(found.scores)[row]
        np.testing.assert_allclose(scores, [score for score, _ in best], rtol=1e-4, atol=1e-6)
        for ids, score in zip(as_lists(found.ids)[row], scores, strict=True):
            log_prob = model.log_prob(row, ids)
            np.testing.assert_allclose(
                score, log_prob / lp(len(ids), alpha, kind), rtol=1e-4, atol=1e-6
            )
        assert len({tuple(ids) for ids in as_lists(found.ids)[row]}) == n_best


@pytest.mark.parametrize("kind", ["wu", "average"])
def test_a_long_output_may_win_late(kind):
    """Its begin is worse than an output that has ended, and its sure tokens make up for it."""
    chances = np.full((6, 6), 0.005)
    chances[BOS, [EOS, 4]] = 0.5, 0.45
    chances[4, 5] = chances[5, EOS] = 0.98
    model = ToyModel(batch=1, vocabulary=6, seed=0)
    model.states[0] = model.logits = np.log(chances, dtype="float32")[None]
    model.log_probs = model.logits - np.log(np.exp(model.logits).sum(-1, keepdims=True))
    found = run(BeamSearch(2, length_penalty=kind, max_length=4), model, [4])
    score, ids = ranked(model, 0, 4, 1.0, kind)[0]
    assert as_lists(found.ids)[0] == [[4, 5, EOS]] == [list(ids)]
    np.testing.assert_allclose(found.scores[0, 0], score, rtol=1e-4)


@settings(max_examples=examples(8), deadline=None)
@given(
    seed=SEEDS,
    normalised=NORMALISED,
    widths=st.sampled_from([(1, 2), (1, 3), (2, 3), (2, 5), (3, 5)]),
)
def test_a_wider_beam_is_no_worse_where_that_must_hold(seed, normalised, widths):
    """It may be, since hypotheses crowd each other out: but not where the narrow one finds a part.

    Where nothing depends on what came before, prefixes of a rank have continuations of a rank, and
    the open hypotheses of a narrow beam are among those of a wider one at every step, its ended
    ones too. And outputs of at most two tokens come from the first tokens kept, each of which then
    can only end.
    """
    for forgetful, length in ((True, 6), (False, 2)):
        model = ToyModel(batch=12, vocabulary=8, seed=seed, forgetful=forgetful)
        narrow, wide = (best_scores(model, width, length, *normalised) for width in widths)
        assert (wide >= narrow - 1e-5 * np.abs(narrow)).all()


def test_elsewhere_a_wider_beam_may_be_worse():
    model = ToyModel(batch=12, vocabulary=8, seed=3, sharpness=1.0)
    narrow, wide = (best_scores(model, width, 8) for width in (1, 2))
    assert wide[4] < narrow[4] - 1e-3


@settings(max_examples=examples(10), deadline=None)
@given(seed=SEEDS, normalised=NORMALISED, width=st.sampled_from([1, 2, 5]))
def test_no_beam_finds_more_than_there_is(seed, normalised, width):
    kind, alpha = normalised
    model = ToyModel(batch=3, vocabulary=6, seed=seed)
    found = best_scores(model, width, 4, kind, alpha)
    for row in range(3):
        best = ranked(model, row, 4, alpha, kind)[0][0]
        # float32 tells a probability of almost 1 from 1 by steps of 6e-8.
        assert found[row] <= best + 1e-5 * abs(best) + 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_greedy_takes_the_best_token_at_every_step(seed):
    model = ToyModel(batch=4, vocabulary=9, seed=seed)
    limits = [7, 3, 1, 5]
    found = run(GreedySearch(max_length=7), model, limits)
    for row, limit in enumerate(limits):
        ids, previous = [], 2
        while not ids or ids[-1] != EOS:
            token = int(model.log_probs[row, previous].argmax()) if len(ids) + 1 < limit else EOS
            ids.append(token)
            previous = token
        assert as_lists(found.ids)[row] == [ids]
        assert int(found.lengths[row, 0]) == len(ids)
        np.testing.assert_allclose(found.log_probs[row, 0], model.log_prob(row, ids), rtol=1e-5)


@settings(max_examples=examples(10), deadline=None)
@given(
    seed=SEEDS, normalised=NORMALISED, limits=st.lists(st.integers(1, 7), min_size=4, max_size=4)
)
def test_beam_of_one_is_greedy(seed, normalised, limits):
    kind, alpha = normalised
    model = ToyModel(batch=4, vocabulary=9, seed=seed)
    shared = dict(alpha=alpha, length_penalty=kind, max_length=7)
    greedy = run(GreedySearch(**shared), model, limits)
    beam = run(BeamSearch(1, **shared), model, limits)
    assert as_lists(greedy.ids) == as_lists(beam.ids)
    np.testing.assert_allclose(greedy.log_probs, beam.log_probs, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(greedy.scores, beam.scores, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("beam_size", [2, 3, 5])
def test_a_batch_gives_what_its_rows_give_alone(beam_size):
    model = ToyModel(batch=6, vocabulary=10, seed=3)
    limits = [8, 2, 5, 8, 1, 7]
    search = BeamSearch(beam_size=beam_size, n_best=2, max_length=8)
    together = run(search, model, limits)
    for row, limit in enumerate(limits):
        alone = run(search, model, [limit], rows=slice(row, row + 1))
        assert as_lists(alone.ids)[0] == as_lists(together.ids)[row]
        np.testing.assert_allclose(alone.scores[0], together.scores[row], rtol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_finished_hypotheses_are_frozen(seed):
    """Ids, log-probability and length of every hypothesis returned belong together."""
    model = ToyModel(batch=5, vocabulary=8, seed=seed)
    found = run(BeamSearch(beam_size=5, n_best=5, alpha=1.0, max_length=9), model, [9] * 5)
    scores = ops.convert_to_numpy(found.scores)
    for row, hypotheses in enumerate(as_lists(found.ids)):
        assert len({tuple(ids) for ids in hypotheses}) == 5
        for n, ids in enumerate(hypotheses):
            assert ids[-1] == EOS and ids.count(EOS) == 1
            expected = model.log_prob(row, ids)
            np.testing.assert_allclose(found.log_probs[row, n], expected, rtol=1e-5)
            np.testing.assert_allclose(scores[row, n], expected / lp(len(ids), 1.0), rtol=1e-5)
            assert int(found.lengths[row, n]) == len(ids)
    assert (np.diff(scores, axis=1) <= 0).all()


def test_the_loop_ends_when_nothing_can_win():
    """With an end that is all but sure, a limit of 50 costs no more than a few steps."""
    model = ToyModel(batch=2, vocabulary=6, seed=0)
    model.states[0][:, :, EOS] = 50.0
    search = BeamSearch(beam_size=3, max_length=50)
    steps = []
    advance = search._advance

    def counted(*arguments):
        after = advance(*arguments)
        steps.append(after["t"])
        return after

    search._advance = counted
    found = run(search, model, [50, 50])
    assert as_lists(found.ids) == [[[EOS]], [[EOS]]]
    # Eagerly TensorFlow calls the body once a step; a traced loop calls it once in all.
    assert 0 < len(steps) <= 2


class FirstEnded(BeamSearch):
    """Stops as soon as an output has ended, whatever the others may come to."""

    def can_win(self, now, max_lengths):
        is_open = ops.logical_not(now["finished"])
        return ops.logical_and(is_open, ops.all(is_open, axis=1, keepdims=True))


def test_what_is_still_open_is_no_output():
    """A rule stops while a likelier hypothesis is open: what has ended is given out."""
    chances = np.full((6, 6), 0.01)
    chances[BOS, [EOS, 4]] = 0.3, 0.6
    model = ToyModel(batch=1, vocabulary=6, seed=0)
    model.states[0] = np.log(chances, dtype="float32")[None]
    found = run(FirstEnded(2, n_best=2, max_length=4), model, [4])
    assert as_lists(found.ids)[0][0] == [EOS]
    scores = ops.convert_to_numpy(found.scores)[0]
    assert scores[0] > -10 and scores[1] < -1e6


def test_attention_belongs_to_its_token():
    """The toy's attention is the number of steps taken, so row t of a hypothesis holds t."""
    model = ToyModel(batch=3, vocabulary=8, seed=1)
    for search in (GreedySearch(max_length=6), BeamSearch(beam_size=4, n_best=2, max_length=6)):
        found = run(search, model, [6, 6, 6], return_attention=True)
        attention = ops.convert_to_numpy(found.attention)
        lengths = ops.convert_to_numpy(found.lengths)
        for row in range(3):
            for n in range(lengths.shape[1]):
                length = lengths[row, n]
                np.testing.assert_array_equal(attention[row, n, :length, 0], np.arange(length))
                assert (attention[row, n, length:] == 0).all()


def test_configs_round_trip():
    for search in (GreedySearch(max_length=9), BeamSearch(4, 0.2, 3, length_penalty="average")):
        again = type(search).from_config(search.get_config())
        assert again.get_config() == search.get_config()
        assert repr(again) == repr(search)


@pytest.mark.parametrize(
    "arguments, word",
    [
        ({"beam_size": 0}, "beam_size"),
        ({"n_best": 6}, "n_best"),
        ({"alpha": -1}, "alpha"),
        ({"length_penalty": "none"}, "length_penalty must be 'wu' or 'average', not 'none'"),
        ({"max_length": 0}, "max_length"),
    ],
)
def test_bad_arguments_are_named(arguments, word):
    with pytest.raises(ValueError, match=word):
        BeamSearch(**arguments)
