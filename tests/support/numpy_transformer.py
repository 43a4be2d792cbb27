"""Encoder and decoder of a Transformer in NumPy and float64, one row, one head and one step a time.

Weights are looked up by the ends of their paths, so that no order of theirs is taken for granted.
"""

from __future__ import annotations

import math

import numpy as np
from keras import ops
from numpy_causal import attention, normalised


def values_of(layer) -> list:
    return [ops.convert_to_numpy(weight).astype("float64") for weight in layer.weights]


def asked(layer, queries, memory, seen=None):
    """Multi-head attention of `[queries, features]` over `[memory time, features]`.

    Args:
        layer: a `MultiHeadAttention`.
        queries: rows that ask.
        memory: rows that are asked.
        seen: the places of the memory that are real; None: all.

    Returns:
        Contexts, and the mean of the heads' weights.
    """
    query_kernel, key_kernel, value_kernel, output_kernel = values_of(layer)
    width = layer.units // layer.heads
    seen = range(len(memory)) if seen is None else list(seen)
    contexts = np.zeros((len(queries), output_kernel.shape[1]))
    means = np.zeros((len(queries), len(memory)))
    for head in range(layer.heads):
        part = slice(head * width, (head + 1) * width)
        for i, query in enumerate(queries):
            q = query @ query_kernel[:, part]
            scores = []
            for place in seen:
                k = memory[place] @ key_kernel[:, part]
                if layer.rotary:
                    scores.append(rotated_product(q, k, i - place))
                else:
                    scores.append(q @ k)
            weights = np.exp(np.array(scores) / math.sqrt(width))
            weights /= weights.sum()
            mixed = sum(
                w * (memory[place] @ value_kernel[:, part])
                for w, place in zip(weights, seen, strict=True)
            )
            contexts[i] += mixed @ output_kernel[part]
            means[i, seen] += weights / layer.heads
    return contexts, means


def rotated_product(q, k, lag):
    """The product of a query with a key `lag` steps before it, as complex numbers."""
    half = len(q) // 2
    speeds = 10_000.0 ** (-np.arange(half) / half)
    q, k = q[:half] + 1j * q[half:], k[:half] + 1j * k[half:]
    return np.real((q * k.conj() * np.exp(1j * lag * speeds)).sum())


def feed_forward(block, row):
    hidden, hidden_bias = values_of(block.hidden_layer)
    narrow, narrow_bias = values_of(block.output_layer)
    wide = normal(block.normalisations[-1], row) @ hidden + hidden_bias
    phi = 0.5 * (1 + np.vectorize(math.erf)(wide / np.sqrt(2)))
    return row + (wide * phi) @ narrow + narrow_bias


def normal(layer, row):
    return normalised(row, *values_of(layer))


def encoder(layer, tokens):
    """Memory `[time, units]` of one text without padding."""
    row = values_of(layer.embedding)[0][tokens] * math.sqrt(layer.output_size)
    for block in layer.blocks:
        steps = normal(block.normalisations[0], row)
        row = feed_forward(block, row + asked(block.attention, steps, steps)[0])
    return normal(layer.normalisation, row)


def decoder(layer, memory, tokens):
    """Logits `[time, vocabulary]`, and the weights over the memory `[time, memory time]`."""
    embedding = values_of(layer.embedding)[0]
    row = embedding[tokens] * math.sqrt(layer.units)
    weights = []
    for block in layer.blocks:
        into, out = values_of(block.attention)
        steps = normal(block.normalisations[0], row)
        row = row + attention(steps @ into, layer.units, layer.heads, layer.context) @ out
        contexts, means = asked(
            block.memory_attention, normal(block.normalisations[1], row), memory
        )
        row = feed_forward(block, row + contexts)
        weights.append(means)
    logits = normal(layer.normalisation, row) @ embedding.T
    return logits + ops.convert_to_numpy(layer.output_bias), weights[max(len(weights) - 2, 0)]
