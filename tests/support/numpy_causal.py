"""Bodies of causal blocks in NumPy and float64, one row and one step at a time.

Each takes the weights of a layer in their order, and a row `[time, features]` read from its
beginning: that a state is carried, and what it holds, is none of their business.
"""

from __future__ import annotations

import math

import numpy as np


def convolution(weights, row, dilation):
    """A causal convolution of zeros and a row, tap by tap."""
    directions, gains, bias = weights
    kernel = np.empty_like(directions)
    for unit in range(len(gains)):
        direction = directions[:, :, unit]
        kernel[:, :, unit] = gains[unit] * direction / np.sqrt((direction**2).sum())
    outputs = np.zeros((len(row), len(gains)))
    for t in range(len(row)):
        outputs[t] = bias
        for tap in range(len(kernel)):
            seen = t - (len(kernel) - 1 - tap) * dilation
            if seen >= 0:
                outputs[t] += row[seen] @ kernel[tap]
    return outputs


def tcn(weights, row, layers):
    """Residual blocks of two convolutions, the dilation doubled from one to the next."""
    weights = list(weights)
    for level in range(layers):
        hidden = row
        for _ in range(2):
            part, weights = weights[:3], weights[3:]
            hidden = np.maximum(convolution(part, hidden, 2**level), 0)
        if row.shape[1] != hidden.shape[1]:
            (kernel, bias), weights = weights[:2], weights[2:]
            row = row @ kernel + bias
        row = np.maximum(row + hidden, 0)
    assert not weights
    return row


def transformer(weights, row, units, layers, heads, context):
    """Pre-norm blocks of attention with rotated positions, a feed-forward layer and GELU."""
    blocks, (gamma, beta, *projection) = weights[: 10 * layers], weights[10 * layers :]
    if projection:
        row = row @ projection[0] + projection[1]
    for level in range(layers):
        block = blocks[10 * level : 10 * level + 10]
        into, out, hidden, hidden_bias, narrow, narrow_bias, *norms = block
        normal = normalised(row, *norms[:2])
        row = row + attention(normal @ into, units, heads, context) @ out
        wide = normalised(row, *norms[2:]) @ hidden + hidden_bias
        phi = 0.5 * (1 + np.vectorize(math.erf)(wide / np.sqrt(2)))
        row = row + (wide * phi) @ narrow + narrow_bias
    return normalised(row, gamma, beta)


def normalised(row, gamma, beta):
    mean, variance = row.mean(-1, keepdims=True), row.var(-1, keepdims=True)
    return (row - mean) / np.sqrt(variance + 1e-5) * gamma + beta


def attention(projected, units, heads, context):
    """Each step's sum of values, the scores being products of complex numbers turned by a lag."""
    width = units // heads
    half = width // 2
    speeds = 10_000.0 ** (-np.arange(half) / half)
    outputs = np.zeros((len(projected), units))
    for head in range(heads):
        q, k, v = (projected[:, i * units + head * width :][:, :width] for i in range(3))
        q, k = q[:, :half] + 1j * q[:, half:], k[:, :half] + 1j * k[:, half:]
        for t in range(len(projected)):
            seen = range(max(0, t - context), t + 1)
            turned = [(q[t] * k[s].conj() * np.exp(1j * (t - s) * speeds)).sum() for s in seen]
            weights = np.exp(np.real(turned) / np.sqrt(width))
            outputs[t, head * width : (head + 1) * width] = weights / weights.sum() @ v[seen]
    return outputs
