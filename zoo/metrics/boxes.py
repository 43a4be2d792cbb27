"""How far boxes are from others."""

from __future__ import annotations

import numpy as np


def centre_errors(said: np.ndarray, true: np.ndarray) -> np.ndarray:
    """How far the centres of boxes are apart, in sizes of the true ones.

    Args:
        said, true: float `[..., 4]`: left, top, width and height.

    Returns:
        Float `[...]`: the distance over the root of the true box's area.

    Example: five to the right and ten wide.

    >>> centre_errors(np.array([5.0, 0, 10, 10]), np.array([0.0, 0, 10, 10])).item()
    0.5
    """
    apart = (said[..., :2] + said[..., 2:] / 2) - (true[..., :2] + true[..., 2:] / 2)
    return np.linalg.norm(apart, axis=-1) / np.sqrt(true[..., 2] * true[..., 3])


def overlaps(said: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes, 0 to 1.

    Args:
        said, true: float `[..., 4]`: left, top, width and height.

    Example:

    >>> round(overlaps(np.array([5.0, 0, 10, 10]), np.array([0.0, 0, 10, 10])).item(), 4)
    0.3333
    """
    low = np.maximum(said[..., :2], true[..., :2])
    high = np.minimum(said[..., :2] + said[..., 2:], true[..., :2] + true[..., 2:])
    both = np.maximum(high - low, 0).prod(-1)
    return both / (said[..., 2:].prod(-1) + true[..., 2:].prod(-1) - both)
