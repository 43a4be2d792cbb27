"""Places told by rotation: what a comparison of two steps may know of where they stand."""

from __future__ import annotations

from keras import ops

_LONGEST_WAVE = 10_000  # base of the rotations' frequencies


def turned(vectors, places):
    """Turns each pair of features by an angle that grows with the place.

    Args:
        vectors: `[..., time, features]`; feature `i` makes a pair with `i + features / 2`.
        places: int `[time]`.

    Returns:
        The same shape, `(a, b)` being `(a cos p w - b sin p w, a sin p w + b cos p w)` at place
        `p`, for pair `i` with `w = 10000^(-2i / features)`.
    """
    half = vectors.shape[-1] // 2
    frequencies = _LONGEST_WAVE ** (-ops.arange(half, dtype="float32") / half)
    angles = ops.expand_dims(ops.cast(places, "float32"), 1) * frequencies
    cos, sin = ops.cast(ops.cos(angles), vectors.dtype), ops.cast(ops.sin(angles), vectors.dtype)
    a, b = vectors[..., :half], vectors[..., half:]
    return ops.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)
