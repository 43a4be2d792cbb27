"""Prefixes and joint search against every way to label every frame, and every output."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest
from ctc_brute_force import log_softmax, outputs_of
from keras import ops

from zoo.decoding import CTCBeamSearch, JointBeamSearch, MinimumLength, ctc_prefixes
from zoo.errors import ConfigError

LABELS, TIME, END = 3, 5, 3  # the blank and two labels; the end after them


def frames(seed, rows=1, time=TIME):
    return np.random.default_rng(seed).normal(size=(rows, time, LABELS)).astype("float32") * 2


def walked(logits, prefix):
    """Log-probabilities of a prefix, and of what may follow it, by going through it label by label.

    Two hypotheses are side by side, the second of which always goes on by label 1.
    """
    log_probs = ops.log_softmax(ops.convert_to_tensor(logits), axis=-1)
    states = [
        ops.repeat(ops.expand_dims(one, 1), 2, axis=1) for one in ctc_prefixes.start(log_probs)
    ]
    last, total = ops.zeros((len(logits), 2), "int32"), np.zeros((len(logits), 2))
    for label in prefix:
        labels = ops.convert_to_tensor(np.array([[label, 1]] * len(logits), "int32"))
        states, total = ctc_prefixes.extended(labels, last, states, log_probs)
        last = labels
    return np.asarray(total), np.asarray(ctc_prefixes.continuations(last, states, log_probs))


@pytest.mark.parametrize("prefix", [(), (1,), (2, 2), (1, 2, 1), (1, 1, 1)])
def test_a_prefix_is_as_likely_as_all_that_begins_so(prefix):
    logits = frames(0, rows=2)
    total, following = walked(logits, prefix)
    for row, own in enumerate(logits):
        chances, _ = outputs_of(own)

        def begins_with(labels, chances=chances):
            return sum(p for output, p in chances.items() if output[: len(labels)] == labels)

        wanted = [begins_with((*prefix, label)) for label in (1, 2)]
        assert np.exp(total[row, 0]) == pytest.approx(begins_with(prefix), rel=1e-4)
        assert np.exp(following[row, 0, 1:3]) == pytest.approx(wanted, rel=1e-4, abs=1e-12)
        assert np.exp(following[row, 0, 3]) == pytest.approx(chances.get(prefix, 0.0), rel=1e-4)
        assert following[row, 0, 0] < -1e29  # no output goes on with a blank


def test_what_cannot_be_said_in_so_few_frames_is_impossible():
    total, following = walked(frames(1, time=4), (1, 1, 1))  # which needs five
    assert total[0, 0] < -1e29 and (following[0, 0] < -1e29).all()


def test_padding_that_is_blank_for_sure_changes_nothing():
    logits = frames(2)
    silence = np.broadcast_to(np.float32([0, -1e4, -1e4]), (1, 3, LABELS))
    padded = np.concatenate([logits, silence], axis=1)
    for one, other in zip(walked(logits, (1, 2)), walked(padded, (1, 2)), strict=True):
        assert one == pytest.approx(other, abs=1e-4)


class Bigram:
    """A decoder whose next token depends on the last one, kept as a state to see it followed."""

    def __init__(self, seed):
        size = LABELS + 1
        self.logits = np.random.default_rng(seed).normal(size=(size, size)).astype("float32") * 2

    def step(self, tokens, states, constants):
        (last,) = states
        logits = ops.take(ops.convert_to_tensor(self.logits), tokens, axis=0)
        return logits, [ops.where(last == tokens, last, tokens)], None

    def log_prob(self, output):
        log_probs = log_softmax(self.logits)
        return sum(log_probs[pair] for pair in itertools.pairwise((END, *output, END)))


def searched(search, logits, decoder, lengths=None):
    search.bos_id = search.eos_id = END
    search.max_length = logits.shape[1] + 1
    states = [ops.zeros((len(logits),), "int32")]
    limits = np.full(len(logits), logits.shape[1] + 1) if lengths is None else lengths

    def run(logits, limits):
        return tuple(search(decoder.step, states, None, limits, frames=logits))[:4]

    if keras.backend.backend() == "jax":
        import jax

        run = jax.jit(run)
    found = run(ops.convert_to_tensor(logits), ops.convert_to_tensor(limits.astype("int32")))
    return [ops.convert_to_numpy(one) for one in found]


def ranked(logits, decoder, weight):
    """All outputs that can be said, the best first, with their scores."""
    scores = {
        output: (1 - weight) * decoder.log_prob(output) + weight * np.log(chance)
        for output, chance in outputs_of(logits)[0].items()
    }
    return sorted(scores.items(), key=lambda one: -one[1])


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_a_wide_beam_finds_the_best_outputs_of_both(weight):
    logits, decoder = frames(3, rows=2, time=4), Bigram(4)
    ids, scores, log_probs, lengths = searched(
        JointBeamSearch(64, weight, n_best=5), logits, decoder
    )
    for row, own in enumerate(logits):
        wanted = ranked(own, decoder, weight)[:5]
        if weight == 0:  # the decoder may say what no frames can
            every = [o for n in range(5) for o in itertools.product((1, 2), repeat=n)]
            wanted = sorted(((o, decoder.log_prob(o)) for o in every), key=lambda one: -one[1])[:5]
        for n, (output, score) in enumerate(wanted):
            assert ids[row, n, : lengths[row, n]].tolist() == [*output, END]
            assert scores[row, n] == pytest.approx(score, abs=1e-4)
    assert scores == pytest.approx(log_probs)


def test_frames_alone_are_prefix_search():
    logits = frames(5, rows=3, time=6)
    ids, scores, _, lengths = searched(JointBeamSearch(128, 1.0), logits, Bigram(6))
    found = CTCBeamSearch(128)(logits, np.full(3, 6))
    for row in range(3):
        count = int(found.lengths[row, 0])
        assert ids[row, 0, : lengths[row, 0]].tolist() == [*found.ids[row, 0, :count], END]
        assert scores[row, 0] == pytest.approx(float(found.log_probs[row, 0]), abs=1e-4)


def test_rows_are_searched_as_if_alone():
    logits, decoder = frames(7, rows=4, time=5), Bigram(8)
    whole = searched(JointBeamSearch(4, 0.4), logits, decoder)
    for row in range(4):
        alone = searched(JointBeamSearch(4, 0.4), logits[row : row + 1], decoder)
        assert alone[0][0].tolist() == whole[0][row].tolist()
        assert alone[1][0] == pytest.approx(whole[1][row], abs=1e-5)


def test_rules_are_kept_and_scores_stay():
    logits, decoder = frames(9, time=4), Bigram(10)
    rules = [MinimumLength(4, eos_id=END)]
    ids, scores, _, lengths = searched(JointBeamSearch(64, 0.5, rules=rules), logits, decoder)
    output, score = next(one for one in ranked(logits[0], decoder, 0.5) if len(one[0]) >= 3)
    assert ids[0, 0, : lengths[0, 0]].tolist() == [*output, END]
    assert scores[0, 0] == pytest.approx(score, abs=1e-4)


def test_its_config_and_its_limits():
    search = JointBeamSearch(4, 0.2, n_best=2)
    assert JointBeamSearch.from_config(search.get_config()).get_config() == search.get_config()
    numbers = {"alpha": 0.0, "added_length": 5.0, "n_best": 2, "ctc_weight": 0.2}
    assert search.given() == numbers
    with pytest.raises(ConfigError, match="from 0 to 1"):
        JointBeamSearch(4, 1.5)
    with pytest.raises(ConfigError, match="asks frames too"):
        search(Bigram(0).step, [], None, [3])
