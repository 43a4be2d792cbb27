"""A recorded beam search against one that keeps all hypotheses in a list."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from zoo.decoding import BeamSearch, DiverseBeamSearch, MinimumLength
from zoo.decoding.recording import recorded

VOCABULARY, EOS, LONGEST = 7, 3, 5


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def table_of(seed):
    """The logits after each token."""
    return np.random.default_rng(seed).normal(size=(VOCABULARY, VOCABULARY)) * 2


def step_of(table):
    def step(tokens, states, constants):
        return (
            ops.take(ops.convert_to_tensor(table.astype("float32")), tokens, axis=0),
            states,
            None,
        )

    return step


def all_by_hand(table, beam):
    """For each step what is kept, and all continuations that are not; hypotheses as tuples."""
    log_probs = log_softmax(table)
    open_, ended, steps = {(): 0.0}, {}, []
    for number in range(LONGEST):
        tokens = [EOS] if number + 1 == LONGEST else range(VOCABULARY)
        grown = {
            (*ids, token): total + log_probs[ids[-1] if ids else 2, token]
            for ids, total in open_.items()
            for token in tokens
        }
        order = sorted(grown, key=grown.__getitem__, reverse=True)
        room = beam - len(ended)
        kept = {ids: grown[ids] for ids in order[:room]}
        steps.append((kept, {ids: grown[ids] for ids in order[room:]}))
        ended |= {ids: total for ids, total in kept.items() if ids[-1] == EOS}
        open_ = {ids: total for ids, total in kept.items() if ids[-1] != EOS}
    return steps


@pytest.mark.parametrize("seed", range(4))
def test_every_step_is_that_of_a_search_by_hand(seed):
    table, beam = table_of(seed), 3
    search = BeamSearch(beam, n_best=beam)
    found, steps = recorded(search, step_of(table), [], None, LONGEST, rivals=4)
    usual = search.__class__(beam, n_best=beam, max_length=LONGEST)
    usual = usual(step_of(table), [], None, [LONGEST])
    np.testing.assert_array_equal(found.ids, ops.convert_to_numpy(usual.ids))
    np.testing.assert_allclose(found.scores, ops.convert_to_numpy(usual.scores), rtol=1e-6)

    paths, was_finished = [()] * beam, np.zeros(beam, bool)
    for step, (kept, missed) in zip(steps, all_by_hand(table, beam), strict=False):
        grown = {}
        rivals = {(*paths[slot], token): total for slot, token, total in step.rivals}
        stay = was_finished[step.parents]
        paths = [
            paths[parent] if stays else (*paths[parent], int(token))
            for parent, token, stays in zip(step.parents, step.tokens, stay, strict=True)
        ]
        grown = {
            path: total
            for path, total, stays in zip(paths, step.log_probs, stay, strict=True)
            if not stays and total > -1e8
        }
        assert grown == pytest.approx(kept, rel=1e-4)
        if step is not steps[-1] or len(steps) < LONGEST:
            best = sorted(missed, key=missed.__getitem__, reverse=True)[:4]
            assert rivals == pytest.approx({path: missed[path] for path in best}, rel=1e-4)
        was_finished = step.finished


def test_rules_and_other_beams_are_those_of_the_search():
    table = table_of(5)
    table[:, EOS] += 5
    rules = BeamSearch(2, rules=[MinimumLength(3)])
    found, steps = recorded(rules, step_of(table), [], None, LONGEST, rivals=2)
    assert found.lengths[0, 0] >= 3 and not steps[0].finished.any()
    assert not any(token == EOS for _, token, _ in steps[0].rivals)
    diverse = DiverseBeamSearch(4, groups=2, max_length=LONGEST)
    usual = diverse(step_of(table), [], None, [LONGEST])
    found, _ = recorded(diverse, step_of(table), [], None, LONGEST)
    np.testing.assert_array_equal(found.ids, ops.convert_to_numpy(usual.ids))
