"""Toy models whose best outputs can be found by trying all sequences."""

from __future__ import annotations

import itertools

import numpy as np
from keras import ops

BOS, EOS = 2, 3


class ToyModel:
    """A first-order model: row `r` has its own table `[vocabulary, vocabulary]` of next tokens.

    The table rides in the states, so a search that gathers states wrongly is found out, and its
    second state counts the steps. With `forgetful` the next token depends on none before it.
    """

    def __init__(
        self,
        batch: int,
        vocabulary: int,
        seed: int,
        sharpness: float = 2.0,
        forgetful: bool = False,
    ):
        rng = np.random.default_rng(seed)
        logits = rng.normal(size=(batch, vocabulary, vocabulary)) * sharpness
        if forgetful:
            logits[:] = logits[:, :1]
        logits[:, :, [0, BOS]] = -1e4  # padding and begin of sequence never come out
        self.logits = logits.astype("float32")
        shifted = logits - logits.max(-1, keepdims=True)
        self.log_probs = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
        self.states = [self.logits, np.zeros((batch, 1), "float32")]

    @staticmethod
    def step(tokens, states, constants):
        table, count = states
        logits = ops.take_along_axis(table, ops.expand_dims(ops.expand_dims(tokens, -1), -1), 2)
        attention = ops.concatenate([count, 1 - count], axis=-1)
        return ops.squeeze(logits, 2), [table, count + 1], attention

    def log_prob(self, row: int, ids) -> float:
        total, previous = 0.0, BOS
        for token in ids:
            total += self.log_probs[row, previous, token]
            previous = token
        return total

    def all_sequences(self, row: int, max_length: int):
        """Every sequence that ends within `max_length`, with its log-probability."""
        inner = [t for t in range(self.logits.shape[-1]) if t not in (0, BOS, EOS)]
        for length in range(max_length):
            for body in itertools.product(inner, repeat=length):
                ids = (*body, EOS)
                yield ids, self.log_prob(row, ids)


class ToyWithAttention(ToyModel):
    """Attends to three source positions and one of padding, as the previous token says."""

    def __init__(self, batch: int, vocabulary: int, seed: int, sharpness: float = 2.0):
        super().__init__(batch, vocabulary, seed, sharpness)
        weights = np.random.default_rng(seed).dirichlet(np.ones(3), size=(batch, vocabulary))
        self.weights = np.concatenate([weights, np.zeros((batch, vocabulary, 1))], -1)
        self.states = [self.logits, self.weights.astype("float32")]

    @staticmethod
    def step(tokens, states, constants):
        table, attention = states
        at = ops.expand_dims(ops.expand_dims(tokens, -1), -1)
        logits = ops.squeeze(ops.take_along_axis(table, at, 2), 2)
        return logits, states, ops.squeeze(ops.take_along_axis(attention, at, 2), 2)

    def coverage_penalty(self, row: int, ids) -> float:
        """Wu et al. 2016, eq. 14, without beta."""
        coverage = sum(self.weights[row, previous] for previous in (BOS, *ids[:-1]))
        return float(np.log(np.minimum(coverage[:3], 1)).sum())


def as_lists(ids) -> list[list[list[int]]]:
    """Ids `[batch, n, time]` without padding."""
    return [
        [[int(t) for t in row if t] for row in n] for n in np.asarray(ops.convert_to_numpy(ids))
    ]
