"""The linear chain against brute force over all labellings."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from zoo.layers import CRF

LABELS, TIME = 3, 4
LENGTHS = [4, 2, 1, 0]
MASK = np.arange(TIME) < np.array(LENGTHS)[:, None]


@pytest.fixture
def crf():
    layer = CRF(LABELS)
    layer.build()
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    return layer


@pytest.fixture
def scores():
    return np.random.default_rng(2).normal(size=(len(LENGTHS), TIME, LABELS)).astype("float32")


def path_scores(crf, scores, length):
    """`{labelling: score}` of all labellings of one sequence."""
    transitions, first, last = (ops.convert_to_numpy(w).astype("float64") for w in crf.weights)
    found = {}
    for path in itertools.product(range(LABELS), repeat=length):
        total = first[path[0]] + last[path[-1]]
        total += sum(scores[t, label] for t, label in enumerate(path))
        total += sum(transitions[pair] for pair in itertools.pairwise(path))
        found[path] = total
    return found


def test_likelihood_is_that_of_all_paths(crf, scores):
    rng = np.random.default_rng(3)
    labels = rng.integers(0, LABELS, (len(LENGTHS), TIME))
    found = ops.convert_to_numpy(crf.log_likelihood(scores, labels, MASK))
    for row, length in enumerate(LENGTHS[:-1]):
        paths = path_scores(crf, scores[row], length)
        total = np.log(sum(np.exp(score) for score in paths.values()))
        assert found[row] == pytest.approx(paths[tuple(labels[row, :length])] - total, abs=1e-4)
    assert found[-1] == 0


def test_decoding_finds_the_best_path(crf, scores):
    found = ops.convert_to_numpy(crf.decode(scores, MASK))
    for row, length in enumerate(LENGTHS[:-1]):
        paths = path_scores(crf, scores[row], length)
        assert tuple(found[row, :length]) == max(paths, key=paths.__getitem__)
        assert not found[row, length:].any()
    assert not found[-1].any()


def test_padding_changes_nothing(crf, scores):
    labels = np.ones((len(LENGTHS), TIME), "int32")
    longer = np.pad(scores, [(0, 0), (0, 3), (0, 0)], constant_values=7)
    mask = np.pad(MASK, [(0, 0), (0, 3)])
    likelihood = crf.log_likelihood(longer, np.pad(labels, [(0, 0), (0, 3)]), mask)
    np.testing.assert_allclose(
        ops.convert_to_numpy(likelihood),
        ops.convert_to_numpy(crf.log_likelihood(scores, labels, MASK)),
        atol=1e-5,
    )
    decoded = ops.convert_to_numpy(crf.decode(longer, mask))
    assert np.array_equal(decoded[:, :TIME], ops.convert_to_numpy(crf.decode(scores, MASK)))


def test_a_sequence_of_one(crf, scores):
    decoded = ops.convert_to_numpy(crf.decode(scores[:, :1], MASK[:, :1]))
    for row in range(3):
        paths = path_scores(crf, scores[row], 1)
        assert (decoded[row, 0],) == max(paths, key=paths.__getitem__)


def test_fit_learns_what_follows_what(crf):
    """Scores that say nothing, and labels that alternate: only the transitions can learn it."""

    class Chain(keras.Model):
        def __init__(self):
            super().__init__()
            self.crf = crf
            self.built = True

        def call(self, inputs):
            return inputs

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return -ops.mean(self.crf.log_likelihood(y_pred, y, ops.ones_like(y) > 0))

    model = Chain()
    model.compile(keras.optimizers.Adam(0.1), jit_compile=keras.backend.backend() == "jax")
    labels = np.array([[0, 1, 0, 1], [1, 0, 1, 0]], "int32")
    flat = np.zeros((2, TIME, LABELS), "float32")
    losses = model.fit(flat, labels, epochs=60, verbose=0).history["loss"]
    # What cannot be known is which of the two comes first: one bit.
    assert losses[-1] == pytest.approx(np.log(2), abs=0.1)
    flat[0, 0, 0] = flat[1, 0, 1] = 3
    assert np.array_equal(ops.convert_to_numpy(crf.decode(flat, np.ones((2, TIME), bool))), labels)
