"""Scores of n-grams: the optimum of the problem as its paper says it, over n-grams as tuples."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from keras import ops
from small_classifier import small_classifier
from small_ngrams import ngrams_of

from zoo.data.labelled import EncodedTexts
from zoo.errors import ConfigError
from zoo.layers import NGramScores
from zoo.tasks.classification.ngrams import balance, fit_ngram_scores

VOCABULARY, LABELS = 9, 3


def some_texts(seed, count=120, labels=LABELS, lengths=range(1, 14)):
    """Texts in which words and their neighbours hint at the label."""
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, labels, count).astype("int32")
    texts = [
        [int(w) for w in np.where(rng.random(n) < 0.2, 2 + label, rng.integers(1, VOCABULARY, n))]
        for label, n in zip(numbers, rng.choice(lengths, count), strict=True)
    ]
    return encoded(texts, numbers), texts


def encoded(texts, labels):
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype("int64")
    return EncodedTexts(np.concatenate(texts).astype("int32"), labels, starts)


class Problem:
    """The loss of Wang and Manning 2012 with the logistic loss, over dictionaries."""

    def __init__(self, texts, targets, min_texts, strength, longest=3):
        self.targets, self.strength = targets, strength
        in_texts: dict = {}
        for text in texts:
            for ngram in set(ngrams_of(text, longest)):
                in_texts[ngram] = in_texts.get(ngram, 0) + 1
        self.known = [ngram for ngram, count in in_texts.items() if count >= min_texts]
        self.counts = np.array(
            [[ngrams_of(text, longest).count(ngram) for ngram in self.known] for text in texts]
        )
        present = self.counts > 0
        of_label, of_others = 1 + present.T @ targets, 1 + present.T @ (1 - targets)
        self.ratios = np.log(of_label / of_label.sum(0)) - np.log(of_others / of_others.sum(0))

    def loss(self, scores, bias):
        logits = self.counts @ scores + bias
        shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        cross_entropy = -(self.targets * np.log(shares)).sum()
        return self.strength * cross_entropy + 0.5 * np.square(scores / self.ratios).sum()


def scores_of(layer, ngram):
    """What the layer adds for one n-gram: its scores, where its fingerprint is right."""
    found = list(layer.hashes(ops.convert_to_tensor(np.array([ngram], "int32"))))
    bucket, fingerprint = (int(ops.convert_to_numpy(x)[0, 0]) for x in found[len(ngram) - 1])
    assert int(ops.convert_to_numpy(layer.fingerprints)[bucket]) == fingerprint
    return ops.convert_to_numpy(layer.scores)[bucket]


@pytest.mark.parametrize("soft", [False, True])
def test_it_finds_the_optimum(soft):
    data, texts = some_texts(0)
    targets = np.eye(LABELS)[data.labels]
    if soft:
        targets = 0.7 * targets + 0.1
    layer = NGramScores(LABELS)
    problem = Problem(texts, targets, min_texts=4, strength=0.3)
    assert fit_ngram_scores(layer, data, targets, min_texts=4, strength=0.3) == len(problem.known)
    scores = np.stack([scores_of(layer, ngram) for ngram in problem.known]).astype("float64")
    bias = ops.convert_to_numpy(layer.bias).astype("float64")
    least = problem.loss(scores, bias)
    assert least < 0.9 * problem.loss(np.zeros_like(scores), np.zeros_like(bias))
    rng = np.random.default_rng(1)
    for _ in range(50):
        step = 0.05 * rng.normal(size=scores.shape) * np.abs(problem.ratios)
        step_of_bias = 0.05 * rng.normal(size=bias.shape)
        assert problem.loss(scores + step, bias + step_of_bias) > least
        tiny = problem.loss(scores + 1e-3 * step, bias + 1e-3 * step_of_bias)
        assert tiny == pytest.approx(least, rel=1e-5)  # the gradient is nothing there


def test_ngrams_end_with_their_text():
    """The last word of a text and the first of the next are no pair."""
    data = encoded([[2, 3]] * 6 + [[4, 5]] * 6, np.repeat([0, 1], 6).astype("int32"))
    layer = NGramScores(2)
    assert fit_ngram_scores(layer, data, np.eye(2)[data.labels], min_texts=1) == 6
    assert scores_of(layer, (2, 3))[0] > 0 > scores_of(layer, (4, 5))[0]


def test_one_bucket_keeps_the_commonest_ngram():
    data = encoded([[2, 3]] * 6 + [[3]] * 4, np.repeat([0, 1], [6, 4]).astype("int32"))
    layer = NGramScores(2, longest=1, buckets=1)
    assert fit_ngram_scores(layer, data, np.eye(2)[data.labels], min_texts=1) == 1
    scores_of(layer, (3,))  # in ten texts
    with pytest.raises(AssertionError):
        scores_of(layer, (2,))


def test_balance_is_the_least_cross_entropy():
    data, _ = some_texts(3, labels=5)
    model = small_classifier(tokenizer=None, vocabulary_size=VOCABULARY)
    model = model.with_ngrams(NGramScores(5, buckets=9973))
    fit_ngram_scores(model.ngrams, data, np.eye(5)[data.labels], min_texts=2, strength=1)
    held_out, texts = some_texts(4, labels=5, lengths=(1, 4, 10))
    lengths = np.array([len(text) for text in texts])

    def parts():
        """Logits and scores, of texts of a length at a time, so that nothing is padding."""
        scores, both = np.zeros((2, len(texts), 5), "float32")
        for length in np.unique(lengths):
            places = np.flatnonzero(lengths == length)
            words = np.array([texts[place] for place in places], "int32")
            scores[places] = ops.convert_to_numpy(model.ngrams(words))
            both[places] = ops.convert_to_numpy(model({"words": words}))
        return both - scores, scores

    def loss(a, b, logits, scores):
        logits = a * logits + b * scores
        shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        return -np.log(shares[np.arange(len(texts)), held_out.labels]).mean()

    before = parts()
    factors = balance(model, held_out)
    grid = [(a, b) for a in np.linspace(0, 2, 41) for b in np.linspace(0, 2, 41)]
    best = min(grid, key=lambda pair: loss(*pair, *before))
    assert factors == pytest.approx(best, abs=0.06)
    assert loss(*factors, *before) <= loss(*best, *before) + 1e-6
    assert loss(1, 1, *parts()) == pytest.approx(loss(*factors, *before), abs=1e-5)


def test_mistakes(monkeypatch):
    data, _ = some_texts(0)
    layer = NGramScores(LABELS)
    with pytest.raises(ConfigError, match=r"targets are \[texts, labels\], here \(120, 3\)"):
        fit_ngram_scores(layer, data, np.eye(2)[data.labels % 2])
    with pytest.raises(ConfigError, match="No n-gram is in 1000 texts"):
        fit_ngram_scores(layer, data, np.eye(LABELS)[data.labels], min_texts=1000)
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ConfigError, match=r"pip install 'sequence-zoo\[train\]'"):
        fit_ngram_scores(layer, data, np.eye(LABELS)[data.labels])
