"""Clips of one place, and batches of how they go on. Knows no model and no data set."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.data.batching import generated_batches
from zoo.data.loading import load_examples, require_features
from zoo.errors import ConfigError
from zoo.inputs.clips import centred

if TYPE_CHECKING:
    import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class WatchedClip:
    """A clip, and what in it is unusual.

    Attributes:
        clip: bytes of a file of video.
        name: of it.
        is_unusual: bool `[frames]`; of a clip of what is usual `[0]`.
        places: bool `[frames, height, width]`, where it is.
    """

    clip: bytes
    name: str
    is_unusual: np.ndarray
    places: np.ndarray

    def is_at(self, frame: int, place: tuple[float, float]) -> bool:
        """Whether something unusual is at a place of a frame, both from 0 to 1, row first."""
        height, width = self.places.shape[1:]
        return bool(self.places[frame, int(place[0] * height), int(place[1] * width)])


def read_watched(name: str, split: str) -> list[WatchedClip]:
    """Reads one split of a registered data set of watched clips.

    Args:
        name: such as "ucsd_ped2".
        split: such as "train".

    Raises:
        ConfigError: if its examples are no watched clips.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_examples`.

    Example: `read_watched("ucsd_ped2", "test")[0].is_unusual`.
    """
    require_features(name, ("clip", "unusual", "places"), split)
    return [
        WatchedClip(
            example["clip"].tobytes(),
            example["name"].decode(),
            example["unusual"],
            np.unpackbits(example["places"], axis=-1).astype(bool),
        )
        for example in load_examples(name, split).as_numpy_iterator()
    ]


def watch_steps(frames: Sequence[np.ndarray], *, rows: int, time: int, ahead: int) -> int:
    """The number of batches in an epoch of `watch_batches`.

    Raises:
        ConfigError: when there are too few frames for one batch.
    """
    if min(rows, time, ahead) < 1:
        raise ConfigError(f"rows, time and ahead are above 0, not {rows}, {time} and {ahead}.")
    steps = sum(_chunks(len(one), time, ahead) for one in frames) // rows
    if steps < 1:
        raise ConfigError(
            f"A batch of {rows} rows of {time} frames wants longer clips or more of them: there "
            f"are {len(frames)}, of {sum(map(len, frames))} frames."
        )
    return steps


def _chunks(count: int, time: int, ahead: int) -> int:
    """Parts of a clip of so many frames, wherever in its first `time` frames they begin."""
    return max(count - ahead - time + 1, 0) // time


def watch_batches(
    frames: Sequence[np.ndarray],
    *,
    rows: int,
    time: int,
    ahead: int,
    flip: bool = True,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Continuous batches of one epoch: row `r` of a batch goes on in row `r` of the next.

    Clips follow each other in an order, and begin at a place, that depend on `(seed, epoch)` alone.

    Args:
        frames: of each clip uint8 `[frames, height, width, channels]`, the same beside time.
        rows: clips side by side.
        time: frames of a clip in one batch.
        ahead: frames after each that are its labels.
        flip: whether half of the clips are turned left to right.
        seed, epoch: say order, places and turns.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `(inputs, labels, weights)`: `source` uint8 `[rows, time, height, width,
        channels]`, `lengths` int32 `[rows]`, all of them `time`, and `begins` bool `[rows]`, True
        where a clip begins; labels float32 `[rows, time, ahead * height * width * channels]`,
        the frames that follow as `zoo.inputs.clips.centred` has them; weights float32 `[rows,
        time]`, 0 at the beginning of a clip, of whose motion nothing is known.

    Raises:
        ConfigError: when there are too few frames, or a number makes no sense.
    """
    import tensorflow as tf

    steps = watch_steps(frames, rows=rows, time=time, ahead=ahead)
    if not 0 <= start <= steps:
        raise ConfigError(f"The epoch has {steps} batches, so it cannot start at number {start}.")
    rng = np.random.default_rng([seed, epoch])
    parts: list[tuple[int, int, bool, bool]] = []  # clip, first frame, turned, begins
    for clip in rng.permutation(len(frames)).tolist():
        count = _chunks(len(frames[clip]), time, ahead)
        spare = len(frames[clip]) - ahead - count * time
        first, turned = int(rng.integers(0, max(spare, 0) + 1)), bool(flip and rng.random() < 0.5)
        parts += [(clip, first + n * time, turned, n == 0) for n in range(count)]
    shape = frames[0].shape[1:]

    def generate():
        for step in range(start, steps):
            chosen = [parts[row * steps + step] for row in range(rows)]
            windows = [frames[clip][first : first + time + ahead] for clip, first, _, _ in chosen]
            turns = [w[:, :, ::-1] if one[2] else w for w, one in zip(windows, chosen, strict=True)]
            whole = np.stack(turns)
            later = [whole[:, n : n + time] for n in range(1, ahead + 1)]
            labels = centred(np.stack(later, axis=2).astype("float32")).reshape(rows, time, -1)
            begins = np.array([one[3] or step == 0 for one in chosen])
            weights = np.ones((rows, time), "float32")
            weights[begins, :2] = 0
            inputs = {"source": whole[:, :time], "begins": begins}
            yield inputs | {"lengths": np.full(rows, time, "int32")}, labels, weights

    inputs = {
        "source": tf.TensorSpec([rows, time, *shape], tf.uint8),
        "begins": tf.TensorSpec([rows], tf.bool),
        "lengths": tf.TensorSpec([rows], tf.int32),
    }
    labels = tf.TensorSpec([rows, time, ahead * int(np.prod(shape))], tf.float32)
    weights = tf.TensorSpec([rows, time], tf.float32)
    return generated_batches(generate, (inputs, labels, weights), steps - start)
