"""A drawing brought to the place and size that drawings of MNIST have."""

from __future__ import annotations

import numpy as np

from zoo.errors import ConfigError
from zoo.inputs.images import pixels_of

_INK = 40  # how much darker than paper counts as drawn
_PART = 20 / 28  # of a side that the longer side of a drawing takes


def centred(content: bytes) -> np.ndarray:
    """Cuts a drawing out and puts its centre of mass into the middle (LeCun et al. 1998).

    Args:
        content: an image file, dark on light.

    Returns:
        Uint8 `[side, side, 3]`, dark on light.

    Raises:
        ConfigError: if it is no image, or nothing is drawn on it.
    """
    ink = 255 - pixels_of(content).min(axis=2).astype("int64")
    rows, columns = (np.flatnonzero((ink > _INK).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        raise ConfigError("There is no drawing yet: draw on the sheet first.")
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = cut.shape
    side = round(max(cut.shape) / _PART)
    total = cut.sum()
    middle = (
        float((cut.sum(1) * (np.arange(height) + 0.5)).sum() / total),
        float((cut.sum(0) * (np.arange(width) + 0.5)).sum() / total),
    )
    top, left = (
        int(np.clip(round(side / 2 - at), 0, side - size))
        for at, size in zip(middle, cut.shape, strict=True)
    )
    sheet = np.zeros((side, side), "int64")
    sheet[top : top + height, left : left + width] = cut
    return np.repeat((255 - sheet).astype("uint8")[:, :, None], 3, axis=2)
