"""Recorded skeletons: read, varied and put into batches. Knows no model and no data set by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.data.batching import generated_batches
from zoo.data.loading import load_examples, require_features
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf

# Each joint's place in a mirror: left and right change, see `zoo.inputs.skeletons.JOINTS`.
MIRRORED = (*range(4), *range(8, 12), *range(4, 8), *range(16, 20), *range(12, 16))
_STEP = 32  # lengths of batches are multiples of this, so that few shapes are compiled


@dataclasses.dataclass(frozen=True)
class SkeletonRecording:
    """One recording.

    Attributes:
        joints: float32 `[time, 20, 3]` in metres.
        labels: one, or one for each frame.
        subject: the number of the person.
        name: of the recording.
        is_usual: whether it is among those that papers use.
    """

    joints: np.ndarray
    labels: tuple[str, ...]
    subject: int
    name: str
    is_usual: bool = True


def read_skeletons(name: str, split: str) -> list[SkeletonRecording]:
    """Reads one split of a registered data set of skeletons, in its order.

    Args:
        name: such as "msr_action3d" or "utkinect/s01".
        split: such as "train".

    Raises:
        ConfigError: if its examples are no skeletons.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_examples`.
    """
    require_features(name, ("skeleton", "subject", "recording"))
    found = []
    for one in load_examples(name, split).as_numpy_iterator():
        given = one["labels"] if "labels" in one else [one["label"]]
        found.append(
            SkeletonRecording(
                one["skeleton"],
                tuple(label.decode() for label in given),
                int(one["subject"]),
                one["recording"].decode(),
                bool(one.get("is_usual", True)),
            )
        )
    return found


@dataclasses.dataclass(frozen=True)
class Variation:
    """How recordings are varied anew every epoch, each number drawn for each recording.

    Attributes:
        turn: degrees by which a body is turned about the vertical at most.
        scale: part by which it is larger or smaller at most, height and breadth by themselves.
        speed: part by which it is faster or slower at most.
        mirrored: share of the recordings that are mirrored.
        noise: deviation of each coordinate, in metres.
    """

    turn: float = 20.0
    scale: float = 0.1
    speed: float = 0.2
    mirrored: float = 0.0
    noise: float = 0.005


def varied_skeleton(
    joints: np.ndarray, rng: np.random.Generator, how: Variation
) -> tuple[np.ndarray, np.ndarray]:
    """A recording of another person, seen from another side.

    Args:
        joints: float `[time, 20, 3]`, y up.
        rng: draws all.
        how: by how much.

    Returns:
        float32 `[about as much time, 20, 3]`; and, int of that time, which frame of the recording
        is the nearest of each.
    """
    speed = np.exp(rng.uniform(-1, 1) * np.log1p(how.speed))
    places = np.minimum(np.arange(0, max(len(joints) - 0.5, 0), speed), max(len(joints) - 1, 0))
    low = places.astype("int64")
    part = (places - low)[:, None, None]
    after = np.minimum(low + 1, max(len(joints) - 1, 0))
    found = (1 - part) * joints[low] + part * joints[after]
    angle = np.deg2rad(rng.uniform(-how.turn, how.turn))
    sine, cosine = np.sin(angle), np.cos(angle)
    found = found @ np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]])
    found = found * (1 + rng.uniform(-how.scale, how.scale, 3))
    if rng.uniform() < how.mirrored:
        found = found[:, MIRRORED] * (-1, 1, 1)
    found = found + rng.normal(scale=how.noise, size=found.shape) if how.noise else found
    return found.astype("float32"), np.rint(places).astype("int64")


def skeleton_batches(
    joints: Sequence[np.ndarray],
    labels: Sequence[np.ndarray],
    *,
    rows: int = 16,
    window: int | None = None,
    vary: Variation | None = None,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch, in an order that depends on `(seed, epoch)` alone.

    Args:
        joints: of each recording, float32 `[time, 20, 3]`.
        labels: of each its number, an int32 scalar; or int32 `[time]`, -1 where none is known.
        rows: recordings of a batch; fewer are left out at the end, others in every epoch.
        window: of a longer recording, a part of so many frames is taken, another in each epoch.
            None: all of it.
        vary: how recordings are varied. None: they are not.
        seed, epoch: say order and what is drawn.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"skeleton", "lengths"}, labels, weights)`: `skeleton` float32 `[rows, time,
        20, 3]`, `lengths` int32 `[rows]`; labels int32 and weights float32 `[rows]` or
        `[rows, time]`.

    Raises:
        ConfigError: when there are too few recordings for one batch, or `start` is beyond the
            epoch.
    """
    import tensorflow as tf

    steps = len(joints) // rows
    if not 0 <= start <= steps or not steps:
        raise ConfigError(f"The epoch has {steps} batches, so it cannot start at number {start}.")
    order = np.random.default_rng([seed, epoch]).permutation(len(joints))
    is_timed = np.ndim(labels[0]) > 0

    def one(number):
        rng = np.random.default_rng([seed, epoch, int(number)])
        values, names = joints[number], labels[number]
        if window is not None and len(values) > window:
            begin = int(rng.integers(len(values) - window, endpoint=True))
            values = values[begin : begin + window]
            names = names[begin : begin + window] if is_timed else names
        if vary is not None and len(values):
            values, places = varied_skeleton(values, rng, vary)
            names = names[places] if is_timed else names
        return values, names

    def generate():
        for batch in range(start, steps):
            chosen = [one(number) for number in order[batch * rows : (batch + 1) * rows]]
            lengths = np.array([len(values) for values, _ in chosen], "int32")
            time = max(-(-int(lengths.max()) // _STEP), 1) * _STEP
            skeleton = np.zeros((rows, time, *joints[0].shape[1:]), "float32")
            found = np.full((rows, time) if is_timed else (rows,), -1, "int32")
            for row, (values, names) in enumerate(chosen):
                skeleton[row, : len(values)] = values
                place = (row, slice(len(values))) if is_timed else row
                found[place] = names
            inputs = {"skeleton": skeleton, "lengths": lengths}
            yield inputs, np.maximum(found, 0), (found >= 0).astype("float32")

    shape = [rows, None] if is_timed else [rows]
    signature = (
        {
            "skeleton": tf.TensorSpec([rows, None, *joints[0].shape[1:]], tf.float32),
            "lengths": tf.TensorSpec([rows], tf.int32),
        },
        tf.TensorSpec(shape, tf.int32),
        tf.TensorSpec(shape, tf.float32),
    )
    return generated_batches(generate, signature, steps - start)
