"""Clips as another camera, another light or another speaker might have given them."""

from __future__ import annotations

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class ChangedClips:
    """Changes a clip at random: another speed, turned left to right, moved, lit, partly covered.

    Called with a clip, uint8 `[time, height, width, channels]`, and a generator, it gives another
    one. All frames of a clip are changed alike.

    Attributes:
        speed: a clip becomes at most this part shorter or longer, frames in between being mixed.
        flip: whether half of the clips are turned left to right.
        shift: part of height and width by which clips are moved at most.
        zoom: part by which clips become smaller or larger at most.
        light: at most this is the exponent of brightness, or its inverse; 1: it stays.
        cover: chance that a rectangle of up to a third of height and width is covered.
    """

    speed: float = 0.2
    flip: bool = True
    shift: float = 0.08
    zoom: float = 0.12
    light: float = 1.4
    cover: float = 0.5

    @property
    def longest(self) -> float:
        """How many times as long as before a clip can be."""
        return 1 + self.speed

    def __call__(self, clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        time, height, width, _ = clip.shape
        count = max(int(round(time * rng.uniform(1 - self.speed, 1 + self.speed))), 1)
        found = _sampled(clip.astype("float32"), 0, np.linspace(0, time - 1, count))
        if self.flip and rng.random() < 0.5:
            found = found[:, :, ::-1]
        for axis, size in ((1, height), (2, width)):
            middle, scale = (size - 1) / 2, rng.uniform(1 - self.zoom, 1 + self.zoom)
            moved = rng.uniform(-self.shift, self.shift) * size
            found = _sampled(found, axis, (np.arange(size) - middle) * scale + middle + moved)
        found = 255 * (found / 255) ** self.light ** rng.uniform(-1, 1)
        if rng.random() < self.cover:
            tall, wide = rng.integers(1, max(height // 3, 1) + 1), rng.integers(1, width // 3 + 2)
            top, left = rng.integers(0, height - tall + 1), rng.integers(0, width - wide + 1)
            found[:, top : top + tall, left : left + wide] = found.mean()
        return np.rint(found).astype("uint8")


def _sampled(clip: np.ndarray, axis: int, places: np.ndarray) -> np.ndarray:
    """What lies at places between the steps of an axis; beyond the ends it is the end."""
    last = clip.shape[axis] - 1
    places = np.clip(places, 0, last)
    below = np.floor(places).astype(int)
    part = np.expand_dims((places - below).astype("float32"), tuple(range(1, clip.ndim - axis)))
    before, after = (np.take(clip, one, axis) for one in (below, np.minimum(below + 1, last)))
    return before * (1 - part) + after * part
