"""Searches over frames and alignments against all ways to say all outputs."""

from __future__ import annotations

import functools
import types

import keras
import numpy as np
import pytest
from ctc_brute_force import Bigram, joined, log_softmax, outputs_of, spans_of
from keras import ops

from zoo.backend.compiled import compile_step
from zoo.decoding import (
    CTCBeamSearch,
    CTCGreedySearch,
    LanguageScores,
    MinimumLength,
    NoRepeatNGram,
    OneOf,
    align,
)
from zoo.errors import ConfigError

SIZE, TIME = 3, 5
LENGTHS = np.array([5, 4, 2, 0], "int32")
EVERY = 80  # outputs of so few frames and labels are less


def logits_of(seed, scale=1.5):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(len(LENGTHS), TIME, SIZE)) * scale).astype("float32")


@functools.cache
def language(seed):
    bigram = Bigram(SIZE, seed)
    table = ops.convert_to_tensor(bigram.logits[:, ::-1].copy())  # its ids are the labels backwards

    def step(ids, state):
        """The first id is read before anything was said."""
        logits = ops.take(table, SIZE - 1 - ids, axis=0) * (1 + bigram.growth * state[0][:, :1])
        return logits, [state[0] + 1.0]

    ids = np.arange(SIZE)[::-1]
    return bigram, LanguageScores(step, lambda rows: [ops.zeros((rows, 2))], ids, SIZE - 1)


def compiled(function):
    """As a whole, or on JAX every frame is compiled by itself."""
    return compile_step(types.SimpleNamespace(variables=[]), function)


def found_by(search, logits, language=None, lengths=LENGTHS):
    run = compiled(lambda logits, lengths: tuple(search(logits, lengths, language=language)[:4]))
    return [ops.convert_to_numpy(x) for x in run(logits, lengths)]


def outputs(ids, lengths):
    rows = zip(ids, lengths, strict=True)
    return [[tuple(one[:n]) for one, n in zip(*row, strict=True)] for row in rows]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("has_language", [False, True])
def test_a_wide_beam_is_exhaustive(seed, has_language):
    bigram, scores_of = language(seed) if has_language else (None, None)
    alpha, beta = (0.7, 0.4) if has_language else (0.0, -0.3)
    search = CTCBeamSearch(EVERY, 4, alpha, beta)
    logits = logits_of(seed)
    ids, scores, log_probs, lengths = found_by(search, logits, scores_of)
    for row, best in enumerate(outputs(ids, lengths)):
        chances, _ = outputs_of(logits[row, : LENGTHS[row]])

        def score(output, chances=chances):
            told = alpha * bigram.log_prob(output) if bigram else 0.0
            return np.log(chances[output]) + told + beta * len(output)

        ranked = sorted(chances, key=score, reverse=True)[:4]
        count = len(ranked)
        assert best[:count] == ranked
        np.testing.assert_allclose(scores[row][:count], [*map(score, ranked)], rtol=1e-4, atol=1e-5)
        expected = [np.log(chances[output]) for output in ranked]
        np.testing.assert_allclose(log_probs[row][:count], expected, rtol=1e-4, atol=1e-5)
        assert (log_probs[row][count:] < -1e29).all()  # there are no more outputs


def test_a_narrow_beam_is_the_textbook_s():
    """Hannun et al. 2014, algorithm 1, in dictionaries, on longer rows and more labels."""
    rng = np.random.default_rng(3)
    logits = (rng.normal(size=(3, 14, 5)) * 2).astype("float32")
    lengths = np.array([14, 9, 1], "int32")
    ids, scores, _, counts = found_by(CTCBeamSearch(3, 3, beta=0.2), logits, lengths=lengths)
    for row, best in enumerate(outputs(ids, counts)):
        beam = {(): (1.0, 0.0)}
        for chances in np.exp(log_softmax(logits[row, : lengths[row]])):
            after: dict = {}
            for output, (blank, label) in beam.items():
                for symbol, chance in enumerate(chances):
                    longer = (*output, symbol)
                    steps = [(longer, 0, chance * (blank + label))]
                    if symbol == 0:
                        steps = [(output, chance * (blank + label), 0)]
                    elif output and symbol == output[-1]:
                        steps = [(longer, 0, chance * blank), (output, 0, chance * label)]
                    for key, *more in steps:
                        old = after.get(key, (0.0, 0.0))
                        after[key] = (old[0] + more[0], old[1] + more[1])
            after = {key: value for key, value in after.items() if sum(value)}
            ranks = {key: np.log(sum(value)) + 0.2 * len(key) for key, value in after.items()}
            kept = sorted(ranks, key=ranks.__getitem__, reverse=True)[:3]
            beam = {key: after[key] for key in kept}
        assert best[: len(kept)] == kept
        np.testing.assert_allclose(scores[row][: len(kept)], [ranks[k] for k in kept], rtol=1e-4)


def test_greedy_search_joins_the_likeliest_labels():
    logits = logits_of(4)
    ids, scores, _, lengths = found_by(CTCGreedySearch(), logits)
    for row, (best,) in enumerate(outputs(ids, lengths)):
        log_probs = log_softmax(logits[row, : LENGTHS[row]])
        assert best == joined(log_probs.argmax(-1))
        assert scores[row, 0] == pytest.approx(log_probs.max(-1).sum(), abs=1e-5)
        assert not ids[row, 0, lengths[row, 0] :].any()


@pytest.mark.parametrize("make", [CTCGreedySearch, lambda: CTCBeamSearch(4, 4, 0.5, 0.3)])
def test_pieces_give_what_the_whole_gives(make):
    search, (_, scores_of) = make(), language(0)
    rng = np.random.default_rng(5)
    logits = (rng.normal(size=(3, 12, SIZE)) * 2).astype("float32")
    lengths = np.array([12, 7, 5], "int32")
    whole = found_by(search, logits, scores_of, lengths)
    read = compiled(lambda *arguments: search.read(*arguments, scores_of))
    state = search.start(3, SIZE, 12, scores_of)
    for begin in range(0, 12, 4):
        piece = np.clip(lengths - begin, 0, 4)
        state = read(logits[:, begin : begin + 4], piece, state)
    parts = [ops.convert_to_numpy(x) for x in search.end(state)[:4]]
    alive = whole[1] > -1e29
    for one, other in zip(parts, whole, strict=True):
        np.testing.assert_allclose(one[alive], other[alive], rtol=1e-5, atol=1e-5)


def streamed(search, logits, room, scores_of):
    """The labels that leave a stream decided, those at its end, and the score."""
    read = compiled(lambda *arguments: search.read(*arguments, scores_of))
    state, said = search.start(1, SIZE, room, scores_of), []
    for begin in range(0, logits.shape[1], 4):
        state = read(logits[:, begin : begin + 4], np.array([4]), state)
        (decided,), state = search.settle(keras.tree.map_structure(ops.convert_to_numpy, state))
        said += decided
    rest = search.end(state)
    last = ops.convert_to_numpy(rest.ids)[0, 0, : int(rest.lengths[0, 0])].tolist()
    return said, last, float(rest.scores[0, 0])


@pytest.mark.parametrize("make", [CTCGreedySearch, lambda: CTCBeamSearch(4, 1, 0.1, 0.3)])
def test_what_is_decided_leaves_a_stream(make):
    """With room for little more than is undecided, a stream gives what the whole gives."""
    search, (_, scores_of) = make(), language(1)
    logits = np.random.default_rng(6).normal(size=(1, 40, SIZE)) * 6
    logits = logits.astype("float32")
    ids, scores, _, lengths = found_by(search, logits, scores_of, np.array([40]))
    said, last, score = streamed(search, logits, 12, scores_of)
    assert len(said) > 12
    assert said + last == ids[0, 0, : lengths[0, 0]].tolist()
    assert score == pytest.approx(scores[0, 0], abs=0.02)  # what is given up makes room


def test_a_stream_that_stays_undecided_is_decided():
    """Outputs that differ in their first label alone stay as likely as each other."""
    logits = np.full((1, 40, SIZE), -9.0, "float32")
    logits[0, 0, 1:] = 1.0, 1.1
    logits[0, 1:, 0] = logits[0, 2::2, 1] = 9.0
    logits[0, 2::2, 0] = -9.0
    said, last, _ = streamed(CTCBeamSearch(2), logits, 8, None)
    assert said + last == [2] + [1] * 19
    assert len(said) > 12


def is_one_of(output):
    return output in {(1, 2), (2, 2, 1), (1, 2, 1)}


@pytest.mark.parametrize(
    "rule, holds",
    [
        (OneOf([[1, 2, SIZE], [2, 2, 1, SIZE], [1, 2, 1, SIZE]]), is_one_of),
        (NoRepeatNGram(1), lambda output: len({*output}) == len(output)),
        (MinimumLength(3, eos_id=SIZE), lambda output: len(output) >= 2),
    ],
)
def test_rules_are_kept(rule, holds):
    logits = logits_of(7)
    ids, _, log_probs, lengths = found_by(CTCBeamSearch(EVERY, 3, rules=[rule]), logits)
    for row, best in enumerate(outputs(ids, lengths)):
        chances, _ = outputs_of(logits[row, : LENGTHS[row]])
        ranked = sorted(filter(holds, chances), key=chances.__getitem__, reverse=True)[:3]
        assert best[: len(ranked)] == ranked
        expected = [np.log(chances[output]) for output in ranked]
        np.testing.assert_allclose(log_probs[row][: len(ranked)], expected, rtol=1e-4, atol=1e-5)
        assert (log_probs[row][len(ranked) :] < -1e29).all()


def test_an_alignment_is_the_likeliest_way():
    logits = logits_of(8)
    labels = np.array([[1, 1], [2, 0], [1, 2], [0, 0]], "int32")
    counts = np.array([2, 1, 2, 0], "int32")
    found = compiled(lambda *arrays: tuple(align(*arrays)))(logits, LENGTHS, labels, counts)
    begins, ends, log_probs = map(ops.convert_to_numpy, found)
    for row, count in enumerate(counts):
        _, ways = outputs_of(logits[row, : LENGTHS[row]])
        log_prob, path = max(ways[tuple(labels[row, :count])])
        assert log_probs[row] == pytest.approx(log_prob, abs=1e-5)
        spans = list(zip(begins[row, :count], ends[row, :count], strict=True))
        assert spans == spans_of(path)
        assert (begins[row, count:] == -1).all() and (ends[row, count:] == -1).all()


def test_labels_that_do_not_fit_have_no_alignment():
    found = align(logits_of(9), LENGTHS, np.array([[1, 1, 1, 1]] * 4), np.array([3, 3, 1, 1]))
    assert ops.convert_to_numpy(found.log_probs > -1e29).tolist() == [True, False, True, False]
    assert ops.convert_to_numpy(found.begins)[[1, 3]].max() == -1


def test_bad_arguments_get_a_sentence():
    with pytest.raises(ConfigError, match="n_best must be from 1 to beam_size"):
        CTCBeamSearch(2, 3)
    with pytest.raises(ConfigError, match="alpha"):
        CTCBeamSearch(alpha=-1.0)
    ruled = CTCBeamSearch(2, rules=[NoRepeatNGram(2)])
    with pytest.raises(ConfigError, match="search without rules"):
        ruled.settle({})
    assert repr(CTCBeamSearch.from_config(ruled.get_config())) == repr(ruled)
