"""What is unusual, planted in clips of what is usual: haste, and things that cross."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from zoo.errors import ConfigError

KINDS = ("haste", "thing")
_FIRST = 24  # frames at the beginning without a fault
_HASTE = (1.4, 2.0)  # times as fast
_TALL, _WIDE = 0.16, 0.07  # of a piece that is cut out, parts of a frame's height and width
_LARGER = (1.0, 2.5)
_SPEED = (0.006, 0.018)  # of what crosses, parts of the width a frame


@dataclasses.dataclass(frozen=True)
class PlantedClip:
    """A clip with a fault.

    Attributes:
        clip: uint8 `[time, height, width, channels]`, with it.
        kind: one of `KINDS`.
        places: bool `[time, height, width]`, where it is.
    """

    clip: np.ndarray
    kind: str
    places: np.ndarray

    @property
    def is_fault(self) -> np.ndarray:
        """Bool `[time]`."""
        return np.asarray(self.places.any(axis=(1, 2)))


def plant_in_clips(clips: Sequence[np.ndarray], seed: int) -> list[PlantedClip]:
    """Plants one fault of each kind in every clip.

    In haste a clip goes on 1.4 to 2 times as fast from some frame on, everywhere. A thing is a
    piece that differs from its surroundings, cut out of a frame of another clip and made up to 2.5
    times as large, which crosses where most of what moves is, as far as time allows.

    Args:
        clips: two or more, uint8 `[time, height, width, channels]`, of one size, with nothing
            unusual, each of 48 frames or more.
        seed: the same faults every time.

    Raises:
        ConfigError: if there are fewer clips, or one is too short.

    Example:

    >>> some = np.random.default_rng(0).integers(0, 9, (2, 60, 20, 30, 1)).astype("uint8")
    >>> found = plant_in_clips(some, seed=0)
    >>> [one.kind for one in found], bool(found[0].is_fault[:24].any())
    (['haste', 'thing', 'haste', 'thing'], False)
    """
    if len(clips) < 2 or min(map(len, clips)) < 2 * _FIRST:
        raise ConfigError(
            f"Faults are planted in two clips or more, each of {2 * _FIRST} frames or more."
        )
    found = []
    for number, clip in enumerate(clips):
        rng = np.random.default_rng([seed, number])
        found.append(_hastened(clip, rng))
        others = [n for n in range(len(clips)) if n != number]
        found.append(_crossed(clip, clips[int(rng.choice(others))], rng))
    return found


def _hastened(clip: np.ndarray, rng: np.random.Generator) -> PlantedClip:
    begin = int(rng.integers(_FIRST, len(clip) // 2 + 1))
    count = int((len(clip) - 1 - begin) / rng.uniform(*_HASTE))
    later = np.rint(np.linspace(begin, len(clip) - 1, count + 1)).astype(int)[1:]
    numbers = np.concatenate([np.arange(begin + 1), later])
    places = np.zeros((len(numbers), *clip.shape[1:3]), bool)
    places[begin + 1 :] = True
    return PlantedClip(clip[numbers], "haste", places)


def _crossed(clip: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> PlantedClip:
    height, width = clip.shape[1:3]
    piece, opaque = _piece(other, rng)
    scale = rng.uniform(*_LARGER)
    piece, opaque = (_resized(one, scale) for one in (piece, opaque))
    tall, wide = opaque.shape
    step = width * rng.uniform(*_SPEED) * rng.choice([-1, 1])
    busy = _apart(clip).mean(axis=(0, 2))  # of each row; things cross where others go
    busy = np.maximum(busy - np.median(busy), 0) + 1e-6
    top = int(rng.choice(height, p=busy / busy.sum())) - tall / 2
    rise = 0.2 * step * rng.uniform(-1, 1)
    begin = int(rng.integers(_FIRST, len(clip) // 2 + 1))
    found, places = clip.copy(), np.zeros(clip.shape[:3], bool)
    left = -wide if step > 0 else width
    for frame in range(begin, len(clip)):
        y = int(round(top + rise * (frame - begin)))
        x = int(round(left + step * (frame - begin)))
        rows, columns = _within(y, tall, height), _within(x, wide, width)
        if rows.start >= rows.stop or columns.start >= columns.stop:
            continue
        own = slice(rows.start - y, rows.stop - y), slice(columns.start - x, columns.stop - x)
        part = opaque[own][..., None]
        under = found[frame, rows, columns]
        found[frame, rows, columns] = np.rint(under * (1 - part) + piece[own] * part)
        places[frame, rows, columns] = part[..., 0] > 0.5
    return PlantedClip(found, "thing", places)


def _piece(clip: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pixels `[tall, wide, channels]` where a frame is least like the middle of all, and opacity.

    Opacity is from 0 to 1, `[tall, wide]`.
    """
    height, width = clip.shape[1:3]
    tall, wide = max(int(height * _TALL), 2), max(int(width * _WIDE), 2)
    frame = clip[int(rng.integers(len(clip)))].astype("float32")
    apart = np.abs(frame - _middle(clip)).mean(-1)
    half = apart[:, : width // 2] if rng.random() < 0.5 else apart
    sums = np.pad(half, [(1, 0), (1, 0)]).cumsum(0).cumsum(1)
    sums = sums[tall:, wide:] - sums[:-tall, wide:] - sums[tall:, :-wide] + sums[:-tall, :-wide]
    top, left = np.unravel_index(int(sums.argmax()), sums.shape)
    area = slice(int(top), int(top) + tall), slice(int(left), int(left) + wide)
    return frame[area], np.clip(apart[area] / max(float(apart[area].max()) / 3, 1.0), 0, 1)


def _middle(clip: np.ndarray) -> np.ndarray:
    """What is there most of the time, `[height, width, channels]`."""
    return np.median(clip[::8], axis=0).astype("float32")


def _apart(clip: np.ndarray) -> np.ndarray:
    """How far some frames are from the middle, `[frames, height, width]`."""
    return np.abs(clip[::8].astype("float32") - _middle(clip)).mean(-1)


def _resized(image: np.ndarray, scale: float) -> np.ndarray:
    """An image `[height, width, ...]` made larger, with pixels in between mixed."""
    for axis in (0, 1):
        size = image.shape[axis]
        places = np.linspace(0, size - 1, max(int(round(size * scale)), 1))
        below = places.astype(int)
        part = np.expand_dims(places - below, tuple(range(1, image.ndim - axis)))
        before, after = (np.take(image, n, axis) for n in (below, np.minimum(below + 1, size - 1)))
        image = before * (1 - part) + after * part
    return image


def _within(begin: int, length: int, size: int) -> slice:
    return slice(max(begin, 0), min(begin + length, size))
