"""Tracks of boxes: noise and gaps added, varied, simulated and put into batches.

Knows no model and no data set by name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.data.batching import generated_batches
from zoo.data.tracks import read_tracks
from zoo.errors import ConfigError
from zoo.inputs.boxes import COLUMNS, centred

if TYPE_CHECKING:
    import tensorflow as tf

_EVERY = 60.0  # frames from one longer gap to the next in training, more often than in trials
LEVELS = (0.02, 0.05, 0.1)  # of noise, at which tracks are scored


@dataclasses.dataclass(frozen=True)
class Disturbance:
    """What is done to recorded boxes, every number drawn for every frame by itself.

    Attributes:
        noise: deviation of the normal noise of the middle, in widths and heights of the box, and of
            the logarithms of width and height.
        dropped: share of the frames whose box is missing, each by itself.
        every: frames from one longer gap to the next, on average.
        shortest, longest: frames of such a gap, all lengths alike.
    """

    noise: float
    dropped: float = 0.1
    every: float = 120.0
    shortest: int = 5
    longest: int = 30


def disturbed(boxes: np.ndarray, how: Disturbance, rng: np.random.Generator) -> np.ndarray:
    """Boxes as a detector might give them: noisy, and some of them missing.

    The first two are never missing, so that whatever filters them has something to begin with.

    Args:
        boxes: float `[time, 4]`: left, top, width and height.
        how: how much of what.
        rng: draws all.

    Returns:
        float64 `[time, 4]`, NaN where there is none.
    """
    boxes = np.asarray(boxes, "float64")
    noise = how.noise * rng.normal(size=boxes.shape)
    size = boxes[:, 2:]
    middle = boxes[:, :2] + size / 2 + noise[:, :2] * size
    size = size * np.exp(noise[:, 2:])
    is_missing = rng.uniform(size=len(boxes)) < how.dropped
    begins = np.flatnonzero(rng.uniform(size=len(boxes)) < 1 / how.every)
    for begin in begins:
        is_missing[begin : begin + rng.integers(how.shortest, how.longest, endpoint=True)] = True
    is_missing[:2] = False
    return np.where(is_missing[:, None], np.nan, np.hstack([middle - size / 2, size]))


def trials(
    name: str, split: str, levels: Sequence[float] = LEVELS, draws: int = 5
) -> list[tuple[str, float, np.ndarray, np.ndarray]]:
    """The disturbed tracks that models and filters are scored on, the same every time.

    Args:
        name: a data set of tracks of boxes, such as "tracked_boxes/fold1".
        split: such as "test".
        levels: of noise.
        draws: times that each track is disturbed at each level.

    Returns:
        `(recording, level, disturbed, recorded)`, the last two float64 `[time, 4]`.

    Raises:
        ConfigError: if they are no tracks of boxes.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `read_tracks`.
    """
    tracks = read_tracks(name, split)
    require_boxes(name, tracks.columns)
    found = []
    for begin, end, recording in zip(tracks.begins, tracks.ends, tracks.recordings, strict=True):
        boxes = tracks.values[begin:end].astype("float64")
        seed = [ord(letter) for letter in recording]  # the same in any split
        for place, level in enumerate(levels):
            for draw in range(draws):
                rng = np.random.default_rng([*seed, place, draw])
                found.append((recording, level, disturbed(boxes, Disturbance(level), rng), boxes))
    return found


def require_boxes(name: str, columns: Sequence[str]) -> None:
    """Requires the columns of a data set of tracks to be those of boxes.

    Raises:
        ConfigError: if they are others.
    """
    if tuple(columns) != COLUMNS:
        raise ConfigError(
            f"{name} has tracks of {', '.join(columns)}, and no boxes of {', '.join(COLUMNS)}: "
            "take a data set of boxes, such as tracked_boxes/fold1."
        )


def varied_boxes(boxes: np.ndarray, frames: int, rng: np.random.Generator) -> np.ndarray:
    """A part of a track as it might have been: of another size, seen in a mirror, at other speed.

    Args:
        boxes: float `[time, 4]`.
        frames: of the part.
        rng: draws all.

    Returns:
        float64 `[frames, 4]`, or fewer of a short track: about a middle of 0 and of a size of about
        1, its axes stretched by up to a half, changed for one another in one of two, mirrored, in
        one of two backwards, between half and twice as fast, and its way between half and three
        times as long beside its size.
    """
    speed = np.exp(rng.uniform(-np.log(2), np.log(2)))
    span = min(int(np.ceil((frames - 1) * speed)) + 1, len(boxes))
    begin = int(rng.integers(len(boxes) - span, endpoint=True))
    part = np.asarray(boxes[begin : begin + span], "float64")
    places = np.arange(0, span - 1 + 1e-9, speed)[:frames]
    part = np.stack([np.interp(places, np.arange(span), column) for column in part.T], axis=1)
    part = part[::-1] if rng.uniform() < 0.5 else part
    middle, size = part[:, :2] + part[:, 2:] / 2, part[:, 2:]
    stretch = np.exp(rng.uniform(-np.log(1.5), np.log(1.5), 2)) / np.sqrt(np.median(size.prod(1)))
    way = np.exp(rng.uniform(-np.log(2), np.log(3)))
    middle = (middle - middle.mean(0)) * way * stretch * rng.choice([-1.0, 1.0], 2)
    size = size * stretch
    if rng.uniform() < 0.5:
        middle, size = middle[:, ::-1], size[:, ::-1]
    return np.hstack([middle - size / 2, size])


def simulated_boxes(frames: int, rng: np.random.Generator, memory: float = 1000.0) -> np.ndarray:
    """A made-up track, of a size of about 1: velocities that wander, turn and stop.

    Velocities of the middle and of the logarithms of the sizes follow an autoregression of the
    first order whose memory and strength are drawn for each track, log-uniformly; in some tracks
    they are set anew at a few moments.

    Args:
        frames: of the track.
        rng: draws all.
        memory: frames in which the most lasting velocities fade; others do up to a hundred times as
            fast.

    Returns:
        float64 `[frames, 4]`.
    """
    found = []
    for strongest in (0.05, 0.05, 0.01, 0.01):
        keep = np.exp(-1 / np.exp(rng.uniform(np.log(memory / 100), np.log(memory))))
        strength = strongest * np.exp(rng.uniform(np.log(0.03), 0))
        shocks = rng.normal(size=frames) * strength * np.sqrt(1 - keep**2)
        jumps = rng.uniform(size=frames) < rng.choice([0.0, 0.01])
        velocity = rng.normal() * strength
        steps = np.empty(frames)
        for step in range(frames):
            velocity = rng.normal() * strength if jumps[step] else keep * velocity + shocks[step]
            steps[step] = velocity
        found.append(np.cumsum(steps))
    middle = np.stack(found[:2], axis=1)
    tall = np.exp(rng.uniform(-0.6, 0.6))
    size = np.exp(np.clip(np.stack(found[2:], axis=1), -1.5, 1.5)) * (tall, 1 / tall)
    return np.hstack([middle - size / 2, size])


def drawn_by_hand(boxes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A track of a size of about 1 as who annotates a video draws it: unsteady, in whole pixels.

    Args:
        boxes: float `[time, 4]`.
        rng: draws how unsteady, up to 0.03 sizes, and how large a pixel is, up to 0.05; either is
            there in three of ten.

    Returns:
        float64 `[time, 4]`.
    """
    unsteady, pixel = np.exp(rng.uniform(np.log(0.003), np.log((0.03, 0.05))))
    if rng.uniform() < 0.3:
        boxes = boxes + unsteady * rng.normal(size=boxes.shape)
    if rng.uniform() < 0.3:
        boxes = pixel * np.rint(boxes / pixel)
    least = np.maximum(boxes[:, 2:], 0.02)  # a thin thing seen from afar is still a box
    return np.hstack([boxes[:, :2], least])


def box_batches(
    tracks: Sequence[np.ndarray],
    *,
    steps: int,
    rows: int = 32,
    window: int = 128,
    simulated: float = 0.25,
    memory: float = 1000.0,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch: disturbed parts of tracks, and what they were.

    Args:
        tracks: each float `[time, 4]`: left, top, width and height.
        steps: batches of an epoch.
        rows: parts of a batch.
        window: frames of a part.
        simulated: share of the parts that are simulated.
        memory: see `simulated_boxes`.
        seed, epoch: say what is drawn.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"boxes", "lengths"}, targets, weights)`: `boxes` float32
        `[rows, window, 5]` as `zoo.inputs.boxes.centred` gives them; targets `[rows, window, 4]`
        without noise, and weights `[rows, window]`, 0 in padding.

    Raises:
        ConfigError: without tracks, or when `start` is beyond the epoch.
    """
    import tensorflow as tf

    if not 0 <= start <= steps or not tracks:
        raise ConfigError(f"The epoch has {steps} batches, so it cannot start at number {start}.")

    def one(rng):
        if rng.uniform() < simulated:
            boxes = simulated_boxes(window, rng, memory)
        else:
            boxes = varied_boxes(tracks[rng.integers(len(tracks))], window, rng)
        boxes = drawn_by_hand(boxes, rng)
        noise = np.exp(rng.uniform(np.log(LEVELS[0] / 2), np.log(LEVELS[-1] * 1.5)))
        return disturbed(boxes, Disturbance(noise, every=_EVERY), rng), boxes

    def generate():
        for batch in range(start, steps):
            rng = np.random.default_rng([seed, epoch, batch])
            read = np.zeros((rows, window, 5), "float32")
            targets = np.zeros((rows, window, 4), "float32")
            lengths = np.zeros(rows, "int32")
            for row in range(rows):
                seen, boxes = one(rng)
                lengths[row] = len(boxes)
                read[row, : len(boxes)] = centred(seen)
                targets[row, : len(boxes)] = centred(boxes)[:, :4]
            weights = (np.arange(window) < lengths[:, None]).astype("float32")
            yield {"boxes": read, "lengths": lengths}, targets, weights

    signature = (
        {
            "boxes": tf.TensorSpec([rows, window, 5], tf.float32),
            "lengths": tf.TensorSpec([rows], tf.int32),
        },
        tf.TensorSpec([rows, window, 4], tf.float32),
        tf.TensorSpec([rows, window], tf.float32),
    )
    return generated_batches(generate, signature, steps - start)
