"""Diverse beam search against the paper's algorithm, step by step in Python."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from searches import lp, run
from toy_decoder import BOS, EOS, ToyModel, as_lists

from zoo.decoding import BeamSearch, DiverseBeamSearch, NoRepeatNGram

LENGTH = 6


def reference(model, row, groups, size, diversity):
    """The groups' hypotheses `(log-probability, ids)`, all ended, equal ones once."""
    beams = [[(0.0, ())] for _ in range(groups)]
    for t in range(LENGTH):
        taken = np.zeros(model.logits.shape[-1])
        for g, beam in enumerate(beams):
            ended = [h for h in beam if h[1] and h[1][-1] == EOS]
            candidates = []
            for log_prob, ids in beam:
                if ids and ids[-1] == EOS:
                    continue
                row_of = model.log_probs[row, ids[-1] if ids else BOS]
                for token in [EOS] if t + 1 == LENGTH else range(len(row_of)):
                    new = log_prob + row_of[token]
                    candidates.append((new - diversity * taken[token], new, (*ids, token)))
            candidates.sort(reverse=True)
            chosen = candidates[: size - len(ended)]
            beams[g] = ended + [(new, ids) for _, new, ids in chosen]
            for _, _, ids in chosen:
                taken[ids[-1]] += 1
    return {ids: log_prob for beam in beams for log_prob, ids in beam}


@pytest.mark.parametrize("groups, size", [(3, 1), (2, 2), (3, 2)])
@pytest.mark.parametrize("diversity", [0.0, 0.7, 5.0])
def test_it_is_the_papers(groups, size, diversity):
    model = ToyModel(batch=3, vocabulary=8, seed=groups, sharpness=1.5)
    width = groups * size
    # With all of them asked for, the search ends only when all have ended.
    search = DiverseBeamSearch(width, groups, diversity, n_best=width, max_length=LENGTH)
    found = run(search, model, [LENGTH] * 3)
    for row in range(3):
        hypotheses = reference(model, row, groups, size, diversity)
        expected = sorted(
            ((p / lp(len(ids), 1), list(ids)) for ids, p in hypotheses.items()), reverse=True
        )
        count = len(expected)
        assert as_lists(found.ids)[row][:count] == [ids for _, ids in expected]
        np.testing.assert_allclose(found.scores[row, :count], [s for s, _ in expected], rtol=1e-5)
        for n, (_, ids) in enumerate(expected):
            np.testing.assert_allclose(found.log_probs[row, n], model.log_prob(row, ids), rtol=1e-4)
        assert (ops.convert_to_numpy(found.log_probs)[row, count:] < -1e29).all()
    if diversity == 0.0 and size == 1:
        assert count == 1  # all groups alike


def test_one_group_is_beam_search():
    model = ToyModel(batch=4, vocabulary=9, seed=1)
    plain = run(BeamSearch(4, n_best=4, max_length=7), model, [7, 3, 1, 5])
    diverse = run(DiverseBeamSearch(4, 1, n_best=4, max_length=7), model, [7, 3, 1, 5])
    assert as_lists(plain.ids) == as_lists(diverse.ids)
    np.testing.assert_allclose(plain.scores, diverse.scores, rtol=1e-5)


def test_groups_begin_with_other_words_when_it_is_strong():
    model = ToyModel(batch=5, vocabulary=9, seed=2)
    search = DiverseBeamSearch(3, 3, 1e3, n_best=3, max_length=7, rules=[NoRepeatNGram(1)])
    found = run(search, model, [7] * 5, return_attention=True)
    for hypotheses in as_lists(found.ids):
        assert len({ids[0] for ids in hypotheses}) == 3
        assert all(len(set(ids)) == len(ids) for ids in hypotheses)
    lengths, attention = (ops.convert_to_numpy(x) for x in (found.lengths, found.attention))
    for row in range(5):
        for n in range(3):
            length = lengths[row, n]
            np.testing.assert_array_equal(attention[row, n, :length, 0], np.arange(length))


def test_configs_and_arguments():
    search = DiverseBeamSearch(6, 2, 0.3, n_best=4, alpha=0.6, max_length=9)
    assert repr(DiverseBeamSearch.from_config(search.get_config())) == repr(search)
    for arguments, word in (
        ({"groups": 4}, "groups must divide beam_size"),
        ({"groups": 0}, "groups"),
        ({"diversity": -1}, "diversity"),
    ):
        with pytest.raises(ValueError, match=word):
            DiverseBeamSearch(6, **arguments)
