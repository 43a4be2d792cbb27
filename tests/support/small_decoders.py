"""Decoders of tests: weights, what they read, and that step by step is what all at once is."""

from __future__ import annotations

import numpy as np
from keras import ops
from quick import quick

BATCH, TIME, SOURCE, MEMORY, VOCABULARY = 3, 5, 4, 6, 9
MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]], bool)


def built(decoder):
    """The decoder over a memory of `MEMORY` features, with weights that are not near zero."""
    decoder.build((None, None, MEMORY))
    decoder.built = True
    rng = np.random.default_rng(0)
    for variable in decoder.trainable_variables:
        variable.assign(rng.normal(size=variable.shape) * 0.5)
    return decoder


def example():
    """A memory and tokens."""
    rng = np.random.default_rng(1)
    memory = rng.normal(size=(BATCH, SOURCE, MEMORY)).astype("float32")
    return memory, rng.integers(0, VOCABULARY, (BATCH, TIME))


def check_steps(decoder):
    """Asserts that a decoder with attention gives the same step by step as all at once."""
    memory, tokens = example()
    compiled = quick(decoder, decoder)
    at_once = ops.convert_to_numpy(compiled(memory, MASK, tokens))
    states, constants = decoder.start(memory, MASK)
    # Two hypotheses of a row, with other tokens after the first, must not see each other.
    states = [ops.repeat(ops.expand_dims(s, 1), 2, axis=1) for s in states]
    other = (tokens + np.arange(TIME)) % VOCABULARY
    other_at_once = ops.convert_to_numpy(compiled(memory, MASK, other))
    for t in range(TIME):
        pair = np.stack([tokens[:, t], other[:, t]], axis=1)
        logits, states, weights = decoder.step(pair, states, constants)
        np.testing.assert_allclose(logits[:, 0], at_once[:, t], atol=1e-5)
        np.testing.assert_allclose(logits[:, 1], other_at_once[:, t], atol=1e-5)
        np.testing.assert_allclose(ops.sum(weights, axis=-1), np.ones((BATCH, 2)), atol=1e-5)
