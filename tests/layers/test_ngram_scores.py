"""Scores of n-grams against counting them by hand, whatever the length of the texts."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from small_ngrams import ngrams_of, random_scores, scored_layer

from zoo.layers import NGramScores

VOCABULARY = 7


def padded(texts, length):
    return np.array([text + [0] * (length - len(text)) for text in texts], "int32")


@pytest.mark.parametrize("longest", [1, 2, 3])
def test_a_text_gets_the_scores_of_its_ngrams(longest):
    rng = np.random.default_rng(longest)
    scores = random_scores(rng, 40, VOCABULARY, outputs=3)
    layer = scored_layer(scores)
    layer.longest = longest
    layer.bias.assign([0.5, -1, 2])
    texts = [rng.integers(1, VOCABULARY, n).tolist() for n in (0, 1, 2, 3, 9, 12)]
    found = ops.convert_to_numpy(layer(padded(texts, 12)))
    for text, row in zip(texts, found, strict=True):
        expected = np.array([0.5, -1, 2])
        for ngram in ngrams_of(text, longest):
            expected = expected + scores.get(ngram, 0)
        np.testing.assert_allclose(row, expected, atol=1e-4)
    assert len({tuple(row) for row in found.round(3)}) > 4


def test_padding_and_shortness_do_not_matter():
    layer = scored_layer(random_scores(np.random.default_rng(1), 40, VOCABULARY))
    text = [3, 1, 4, 2]
    short, long = layer(padded([text], 4)), layer(padded([text], 30))
    np.testing.assert_allclose(ops.convert_to_numpy(short), ops.convert_to_numpy(long), atol=1e-6)
    one = ops.convert_to_numpy(layer(np.array([[3]], "int32")))  # shorter than the longest n-gram
    np.testing.assert_allclose(one, ops.convert_to_numpy(layer(padded([[3]], 5))), atol=1e-6)


def test_other_ngrams_are_hardly_ever_taken_for_known_ones():
    """A table with every bucket full: what is not in it must have both hashes in common."""
    layer = NGramScores(1, 3, buckets=1009)
    layer.build()
    rng = np.random.default_rng(0)
    layer.fingerprints.assign(rng.integers(1, 252, 1009).astype("uint8"))
    layer.scores.assign(np.ones((1009, 1)))
    words = rng.integers(2, 100_000, (50, 200)).astype("int32")
    share = ops.convert_to_numpy(layer(words)).sum() / (3 * words.size)
    assert share == pytest.approx(1 / 251, rel=0.2)


def test_ngrams_spread_over_all_buckets():
    layer = NGramScores(1, 3, buckets=1009)
    words = np.random.default_rng(0).integers(2, 100_000, (40, 800)).astype("int32")
    for buckets, fingerprints in layer.hashes(ops.convert_to_tensor(words)):
        for values, many in ((buckets, 1009), (fingerprints - 1, 251)):
            values = ops.convert_to_numpy(values)[:, :798].ravel()
            counts = np.bincount(values, minlength=many)
            assert len(counts) == many
            expected = len(values) / many
            chi_squared = np.square(counts - expected).sum() / expected
            assert chi_squared < many + 6 * np.sqrt(2 * many)


def test_there_is_no_ngram_of_none():
    with pytest.raises(ValueError, match="longest is 1 to 5, not 0"):
        NGramScores(2, 0)
