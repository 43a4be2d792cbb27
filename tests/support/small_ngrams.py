"""Scores of n-grams that are known by heart, and what a text gets by counting them."""

from __future__ import annotations

import numpy as np
from keras import ops

from zoo.layers import NGramScores


def scored_layer(scores: dict[tuple[int, ...], np.ndarray], longest: int = 3, buckets: int = 9973):
    """A layer that knows some n-grams of ids and no others; all must fall into buckets apart."""
    outputs = len(next(iter(scores.values())))
    layer = NGramScores(outputs, longest, buckets)
    layer.build()
    fingerprints = np.zeros(buckets, "uint8")
    table = np.zeros((buckets, outputs), "float32")
    for ngram, score in scores.items():
        found = list(layer.hashes(ops.convert_to_tensor(np.array([ngram], "int32"))))
        bucket, fingerprint = (int(ops.convert_to_numpy(x)[0, 0]) for x in found[len(ngram) - 1])
        assert fingerprints[bucket] == 0, "two n-grams of the test share a bucket"
        fingerprints[bucket], table[bucket] = fingerprint, score
    layer.fingerprints.assign(fingerprints)
    layer.scores.assign(table)
    return layer


def ngrams_of(text, longest: int = 3) -> list[tuple[int, ...]]:
    """All n-grams of a list of ids, as tuples; the unknown word (1) is none by itself."""
    found = [
        tuple(text[i : i + n]) for n in range(1, longest + 1) for i in range(len(text) - n + 1)
    ]
    return [ngram for ngram in found if ngram != (1,)]


def random_scores(generator: np.random.Generator, count: int, vocabulary: int, outputs: int = 2):
    """Scores of some n-grams of one to three words; neither padding nor unknown alone."""
    scores: dict[tuple[int, ...], np.ndarray] = {}
    while len(scores) < count:
        ngram = tuple(generator.integers(1, vocabulary, generator.integers(1, 4)).tolist())
        if ngram != (1,):
            scores[ngram] = generator.normal(size=outputs).astype("float32")
    return scores
