"""Weights as 8-bit integers, each row or column of a matrix with a scale of its own."""

from __future__ import annotations

import numpy as np

_NARROWEST = 8  # a matrix with fewer rows or columns has little to save


def is_worth_it(value: np.ndarray) -> bool:
    """Whether a weight is to be quantised: matrices are, vectors and the narrowest are not."""
    return value.ndim == 2 and value.dtype.kind == "f" and min(value.shape) >= _NARROWEST


def quantize(value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rounds a matrix to 255 steps that are symmetric about zero.

    There is one scale for each column or one for each row, whichever loses less: rows are words in
    an embedding, columns are units in a kernel.

    Args:
        value: float `[rows, columns]`.

    Returns:
        int8 `[rows, columns]` and float32 scales `[1, columns]` or `[rows, 1]`, whose product is
        close to `value`.
    """
    best: tuple[float, np.ndarray, np.ndarray] | None = None
    for axis in (0, 1):
        scales = np.abs(value).max(axis=axis, keepdims=True).astype("float32") / 127
        scales = np.where(scales > 0, scales, np.float32(1))
        steps = np.clip(np.rint(value / scales), -127, 127).astype("int8")
        loss = float(np.square(steps * scales - value).sum())
        if best is None or loss < best[0]:
            best = loss, steps, scales
    assert best is not None
    return best[1], best[2]
