"""How far positions that were said are from where something was, and what simple rules say."""

from __future__ import annotations

import numpy as np


def distances(said: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Euclidean distances of positions `[..., columns]`, `[...]` in their unit."""
    return np.linalg.norm(np.asarray(said, "float64") - np.asarray(seen, "float64"), axis=-1)


def constant_velocity(pasts: np.ndarray, steps: int) -> np.ndarray:
    """Positions if the last step is repeated (Schöller et al. 2020, arXiv:1903.07933).

    Args:
        pasts: `[windows, time, columns]`, of two steps or more.
        steps: how many are said.

    Returns:
        `[windows, steps, columns]`.

    Example:

    >>> constant_velocity(np.array([[[0.0], [2.0]]]), 3).ravel().tolist()
    [4.0, 6.0, 8.0]
    """
    pasts = np.asarray(pasts, "float64")
    last, before = pasts[:, -1:], pasts[:, -2:-1]
    return last + (last - before) * np.arange(1, steps + 1)[:, None]


def fitted_parabola(pasts: np.ndarray, steps: int) -> np.ndarray:
    """Positions on the parabola of least squares through a past, each column by itself.

    Args:
        pasts: `[windows, time, columns]`, of three steps or more.
        steps: how many are said.

    Returns:
        `[windows, steps, columns]`.

    Example:

    >>> fitted_parabola(np.array([[[9.0], [4.0], [1.0], [0.0]]]), 3).ravel().round(6).tolist()
    [1.0, 4.0, 9.0]
    """
    pasts = np.asarray(pasts, "float64")
    time = pasts.shape[1]
    powers = (np.arange(time + steps)[:, None] - (time - 1)) ** np.arange(3.0)
    said = powers[time:] @ np.linalg.pinv(powers[:time])  # [steps, time]
    return np.einsum("st,wtc->wsc", said, pasts)


BASELINES = {"constant velocity": constant_velocity, "a parabola": fitted_parabola}
