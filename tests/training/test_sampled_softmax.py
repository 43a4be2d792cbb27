"""The sampled softmax, beside a softmax over all tokens in NumPy."""

from __future__ import annotations

import numpy as np
from keras import ops

from zoo.training.sampled_softmax import log_chances, sampled_cross_entropy, sampling_chances

COUNTS = np.array([0, 9, 16, 4, 1, 1])


def losses_of(asked, labels, drawn, vectors, bias, chances):
    found = sampled_cross_entropy(
        ops.convert_to_tensor(np.broadcast_to(asked, (len(labels), len(asked)))),
        ops.convert_to_tensor(np.array(labels, "int32")),
        ops.convert_to_tensor(np.array(drawn, "int32")),
        lambda ids: ops.take(ops.convert_to_tensor(vectors), ids, axis=0),
        ops.convert_to_tensor(bias),
        chances.astype("float32"),
    )
    return ops.convert_to_numpy(found)


def test_tokens_are_drawn_by_the_power_of_their_counts_from_the_first_on():
    np.testing.assert_allclose(sampling_chances(COUNTS, 0.5), np.array([0, 3, 4, 2, 1, 1]) / 11)
    np.testing.assert_allclose(sampling_chances(COUNTS, 1, first=2), [0, 0, *COUNTS[2:] / 22])
    np.testing.assert_allclose(np.exp(log_chances(np.array([0.0, 0.25]))), [1e-12, 0.25], rtol=1e-5)


def test_of_a_sample_of_everything_it_is_the_whole_softmax():
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(6, 4)).astype("float32")
    bias, asked = generator.normal(size=6).astype("float32"), vectors.mean(0)
    chances = np.array([0.1, 0.3, 0.2, 0.2, 0.1, 0.1])
    drawn = np.repeat(np.arange(6), (1000 * chances).round().astype(int))
    logits = vectors @ asked + bias
    whole = np.log(np.exp(logits).sum()) - logits
    found = losses_of(asked, range(6), drawn, vectors, bias, chances)
    np.testing.assert_allclose(found, whole, atol=1e-5)


def test_the_label_and_what_is_drawn_again_count_once():
    generator = np.random.default_rng(1)
    vectors = generator.normal(size=(6, 4)).astype("float32")
    bias, asked = np.zeros(6, "float32"), vectors[2]
    chances = sampling_chances(COUNTS, first=1)
    (found,) = losses_of(asked, [3], [3, 1, 3, 2, 2], vectors, bias, chances)
    logits = vectors @ asked - np.log(np.maximum(1 - (1 - chances) ** 5, 1e-12))
    wanted = np.log(np.exp(logits[[3, 1, 2]]).sum()) - logits[3]
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_what_it_learns_of_a_small_sample_is_how_often_each_token_comes():
    """At the logits of the true distribution no bias can gain: the mean gradient is nothing."""
    truth = np.array([0.45, 0.25, 0.15, 0.1, 0.05])
    chances = sampling_chances(truth)
    vectors, asked = np.zeros((5, 1), "float32"), np.zeros(1, "float32")
    generator = np.random.default_rng(2)
    draws = generator.choice(5, (150, 3), p=chances)

    def mean_loss(bias):
        bias = bias.astype("float32")
        found = [losses_of(asked, range(5), drawn, vectors, bias, chances) for drawn in draws]
        return np.mean(found, axis=0) @ truth

    at, gained = np.log(truth), []
    for token in (0, 4):
        step = 0.25 * np.eye(5)[token]
        gained.append((mean_loss(at + step) - mean_loss(at - step)) / 0.5)
    np.testing.assert_allclose(gained, 0, atol=0.02)
