"""The equations of the cells, in NumPy and float64, one row and one step at a time."""

from __future__ import annotations

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def simple(weights, x, states, activation=np.tanh):
    kernel, recurrent, bias = weights
    return [activation(x @ kernel + bias + states[0] @ recurrent)]


def simple_relu(weights, x, states):
    return simple(weights, x, states, lambda a: np.maximum(a, 0))


def lstm(weights, x, states):
    kernel, recurrent, bias = weights
    h, c = states
    u = len(h)
    a = x @ kernel + bias + h @ recurrent
    i, f, g, o = a[:u], a[u : 2 * u], a[2 * u : 3 * u], a[3 * u :]
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return [sigmoid(o) * np.tanh(c), c]


def conv_lstm(weights, x, states):
    """As `lstm`, of `[*grid, channels]`; its products are sums over the places around each."""
    kernel, recurrent, bias = weights
    h, c = states
    i, f, g, o = np.split(convolved(x, kernel) + bias + convolved(h, recurrent), 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return [sigmoid(o) * np.tanh(c), c]


def convolved(grid, kernel):
    """`[*grid, channels]` and a kernel `[*places, channels, others]`; beyond the grid are zeros."""
    sizes, taps = grid.shape[:-1], kernel.shape[:-2]
    found = np.zeros((*sizes, kernel.shape[-1]))
    for place in np.ndindex(sizes):
        for tap in np.ndindex(taps):
            beside = tuple(np.add(place, tap) - np.array(taps) // 2)
            if all(0 <= b < size for b, size in zip(beside, sizes, strict=True)):
                found[place] += grid[beside] @ kernel[tap]
    return found


def gru(weights, x, states):
    kernel, recurrent, bias, recurrent_bias = weights
    (h,) = states
    u = len(h)
    a, b = x @ kernel + bias, h @ recurrent + recurrent_bias
    z = sigmoid(a[:u] + b[:u])
    r = sigmoid(a[u : 2 * u] + b[u : 2 * u])
    n = np.tanh(a[2 * u :] + r * b[2 * u :])
    return [z * h + (1 - z) * n]


def run(step, weights, inputs, initial, mask=None, reverse=False):
    """Walks `[batch, time, ...]` and returns outputs, zero at padding, and final states."""
    inputs = np.asarray(inputs, "float64")
    weights = [np.asarray(w, "float64") for w in weights]
    batch, time = inputs.shape[:2]
    outputs, finals = None, []
    for row in range(batch):
        states = [np.asarray(s[row], "float64") for s in initial]
        for t in reversed(range(time)) if reverse else range(time):
            if mask is not None and not mask[row][t]:
                continue
            states = step(weights, inputs[row, t], states)
            if outputs is None:
                outputs = np.zeros((batch, time, *states[0].shape))
            outputs[row, t] = states[0]
        finals.append(states)
    return outputs, [np.stack([f[i] for f in finals]) for i in range(len(initial))]
