"""Greedy and beam search against exhaustive enumeration on toy models."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from searches import lp, run
from toy_decoder import EOS, ToyModel, as_lists

from zoo.decoding import BeamSearch, GreedySearch


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
def test_wide_beam_is_exhaustive(seed, alpha):
    model = ToyModel(batch=3, vocabulary=6, seed=seed, sharpness=1.0)
    found = run(
        BeamSearch(beam_size=3**4 * 2, alpha=alpha, n_best=4, max_length=4), model, [4, 4, 4]
    )
    for row in range(3):
        ranked = sorted(
            ((p / lp(len(ids), alpha), ids) for ids, p in model.all_sequences(row, 4)), reverse=True
        )[:4]
        assert as_lists(found.ids)[row] == [list(ids) for _, ids in ranked]
        np.testing.assert_allclose(
            ops.convert_to_numpy(found.scores)[row], [s for s, _ in ranked], rtol=1e-5
        )


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


@pytest.mark.parametrize("seed", range(8))
def test_beam_of_one_is_greedy(seed):
    model = ToyModel(batch=4, vocabulary=9, seed=seed)
    greedy = run(GreedySearch(max_length=7), model, [7, 3, 1, 5])
    beam = run(BeamSearch(beam_size=1, max_length=7), model, [7, 3, 1, 5])
    assert as_lists(greedy.ids) == as_lists(beam.ids)
    np.testing.assert_allclose(greedy.log_probs, beam.log_probs, rtol=1e-6)


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
    for search in (GreedySearch(max_length=9), BeamSearch(beam_size=4, alpha=0.2, n_best=3)):
        again = type(search).from_config(search.get_config())
        assert again.get_config() == search.get_config()
        assert repr(again) == repr(search)


@pytest.mark.parametrize(
    "arguments, word",
    [
        ({"beam_size": 0}, "beam_size"),
        ({"n_best": 6}, "n_best"),
        ({"alpha": -1}, "alpha"),
        ({"max_length": 0}, "max_length"),
    ],
)
def test_bad_arguments_are_named(arguments, word):
    with pytest.raises(ValueError, match=word):
        BeamSearch(**arguments)
