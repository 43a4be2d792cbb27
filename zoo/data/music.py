"""From pieces of music to batches for models of the next chord. Knows no model and no data set."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from zoo.data.batching import bucket_shapes, epoch_batches, epoch_order
from zoo.data.loading import load_examples, require_features
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf

BOUNDARIES = (32, 48, 64, 80, 112, 160)


def read_music(name: str, split: str) -> list[np.ndarray]:
    """Reads the pieces of a registered data set.

    Args:
        name: such as "jsb_chorales".
        split: "train", "validation" or "test".

    Returns:
        For each uint8 `[steps, keys]`, 1 where a key sounds.

    Raises:
        ConfigError: if its examples have no `keys`.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_examples`.
    """
    require_features(name, ("keys",))
    return [example["keys"] for example in load_examples(name, split).as_numpy_iterator()]


@dataclasses.dataclass(frozen=True)
class Pieces:
    """Pieces of music in memory.

    Attributes:
        rolls: for each uint8 `[steps, keys]`, not empty.
    """

    rolls: Sequence[np.ndarray]

    def __len__(self) -> int:
        return len(self.rolls)

    @property
    def lengths(self) -> np.ndarray:
        """Steps of each, `[pieces]`."""
        return np.array([len(roll) for roll in self.rolls])


@dataclasses.dataclass(frozen=True)
class MusicPlan:
    """What an epoch will look like.

    Attributes:
        steps: batches of an epoch.
        pieces: pieces that are in the batches.
        left_out: pieces longer than the last bucket.
        tokens: chords of an epoch.
        padding: part of the positions that holds none.
    """

    steps: int
    pieces: int
    left_out: int
    tokens: int
    padding: float

    @property
    def examples(self) -> int:
        """The pieces."""
        return self.pieces


def plan_music(
    pieces: Pieces,
    *,
    batch_tokens: int = 1024,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
) -> MusicPlan:
    """Counts the batches and chords an epoch of `music_batches` has; for arguments see there."""
    batches = epoch_order(pieces, bucket_shapes(batch_tokens, boundaries, rows_multiple), None)
    chosen = np.concatenate([rows[rows >= 0] for _, rows in batches] or [np.zeros(0, int)])
    places = sum(length * len(rows) for length, rows in batches)
    tokens = int(pieces.lengths[chosen].sum())
    left_out = len(pieces) - len(chosen)
    return MusicPlan(len(batches), len(chosen), left_out, tokens, 1 - tokens / max(places, 1))


def music_batches(
    pieces: Pieces,
    *,
    batch_tokens: int = 1024,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
    transpose: int = 0,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch, in an order that depends on `(seed, epoch)` alone.

    Args:
        pieces: what is trained on.
        batch_tokens: positions of a batch: a bucket of length L has `batch_tokens // L` rows.
        boundaries: lengths of the buckets, rising; longer pieces are left out.
        rows_multiple: rows are a multiple of this.
        transpose: in each epoch each piece is moved up or down by at most so many semitones, all
            as probable, as far as it stays within the keys.
        seed, epoch: say order and transposition.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"series", "lengths"}, labels, weights)`: `series` float32 `[rows, length,
        keys]`, a step of silence and all chords but the last; `lengths` int32 `[rows]`; `labels`
        float32 `[rows, length, keys]`, the chords; `weights` float32 `[rows, length]`, whose mean
        is 1, so that a loss is one of a chord.

    Raises:
        ConfigError: when a number makes no sense, or there is no piece.

    Example:
        >>> music_batches(Pieces(read_music("jsb_chorales", "train")))  # doctest: +SKIP
    """
    import tensorflow as tf

    if not len(pieces) or transpose < 0:
        raise ConfigError("Give at least one piece, and by how many semitones it may be moved.")
    keys = pieces.rolls[0].shape[1]
    shifts = np.random.default_rng([seed, epoch, 1]).integers(
        -transpose, transpose, len(pieces), endpoint=True
    )
    signature = (
        {
            "series": tf.TensorSpec([None, None, keys], tf.float32),
            "lengths": tf.TensorSpec([None], tf.int32),
        },
        tf.TensorSpec([None, None, keys], tf.float32),
        tf.TensorSpec([None, None], tf.float32),
    )
    shapes = bucket_shapes(batch_tokens, boundaries, rows_multiple)
    pad = partial(_pad_batch, shifts=shifts)
    return epoch_batches(pieces, shapes, pad, signature, [seed, epoch], start)


def _pad_batch(pieces: Pieces, rows: np.ndarray, length: int, shifts: np.ndarray):
    """Lays the pieces of one batch out, each moved by its shift."""
    keys = pieces.rolls[0].shape[1]
    labels: np.ndarray = np.zeros((len(rows), length, keys), "float32")
    lengths = np.zeros(len(rows), "int32")
    for place, row in enumerate(rows):
        if row >= 0:
            roll = transposed(pieces.rolls[row], int(shifts[row]))
            labels[place, : len(roll)] = roll
            lengths[place] = len(roll)
    series = np.pad(labels[:, :-1], [(0, 0), (1, 0), (0, 0)])
    real = (np.arange(length) < lengths[:, None]).astype("float32")
    series = series * real[:, :, None]
    return {"series": series, "lengths": lengths}, labels, real / max(real.mean(), 1e-6)


def transposed(roll: np.ndarray, semitones: int) -> np.ndarray:
    """A piece `[steps, keys]`, moved up by semitones as far as all its notes stay on the keys.

    Example:

    >>> transposed(np.array([[0, 1, 0]]), 5).tolist()
    [[0, 0, 1]]
    """
    sounding = np.flatnonzero(roll.any(axis=0))
    if not len(sounding):
        return roll
    semitones = int(np.clip(semitones, -sounding[0], roll.shape[1] - 1 - sounding[-1]))
    return np.roll(roll, semitones, axis=1)
