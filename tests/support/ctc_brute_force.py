"""Connectionist temporal classification by going through every way to label every frame."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np


def log_softmax(logits):
    logits = np.asarray(logits, "float64")
    top = logits.max(-1, keepdims=True)
    return logits - top - np.log(np.exp(logits - top).sum(-1, keepdims=True))


def joined(path):
    """The output of a label for each frame: equal neighbours joined, blanks (0) taken out."""
    return tuple(label for label, _ in itertools.groupby(path) if label)


def outputs_of(logits):
    """`{output: probability}` and `{output: its ways}`, each with its log-probability."""
    log_probs = log_softmax(logits)
    chances, ways = defaultdict(float), defaultdict(list)
    time, size = log_probs.shape
    for path in itertools.product(range(size), repeat=time):
        log_prob = sum(log_probs[t, label] for t, label in enumerate(path))
        chances[joined(path)] += np.exp(log_prob)
        ways[joined(path)].append((log_prob, path))
    return chances, ways


def spans_of(path):
    """`[(begin, end)]` of the labels of one way."""
    found, at = [], 0
    for label, run in itertools.groupby(path):
        length = len(list(run))
        if label:
            found.append((at, at + length))
        at += length
    return found


class Bigram:
    """A language model over labels, as logits `[labels, labels]`; row 0 is before the first.

    They grow with every label that was said, so that a state tells more than the last label.
    """

    growth = 0.5

    def __init__(self, size, seed):
        self.logits = np.random.default_rng(seed).normal(size=(size, size)).astype("float32") * 2

    def log_prob(self, output):
        pairs = enumerate(itertools.pairwise((0, *output)))
        return sum(
            log_softmax(self.logits[before] * (1 + self.growth * said))[label]
            for said, (before, label) in pairs
        )
