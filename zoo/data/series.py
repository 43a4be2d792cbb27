"""From series to windows of past and future, for forecasters. Knows no model and no data set."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.data.batching import generated_batches
from zoo.data.loading import load_examples, require_features
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class SplitSeries:
    """Series over time, and where their splits begin.

    Attributes:
        values: float32 `[time, columns]`, all splits one after the other.
        columns: their names.
        begins: split -> its first step.
        ends: split -> the step after its last.
    """

    values: np.ndarray
    columns: tuple[str, ...]
    begins: dict[str, int]
    ends: dict[str, int]

    def part(self, split: str) -> np.ndarray:
        """The values of one split."""
        return self.values[self.begins[split] : self.ends[split]]


def read_series(name: str) -> SplitSeries:
    """Reads a registered data set of series, whose splits follow each other in time.

    Args:
        name: such as "ett/h1".

    Raises:
        ConfigError: if its examples have no `series` and `columns`.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_examples`.

    Example: `read_series("ett/h1").part("train").shape`.
    """
    require_features(name, ("series", "columns"))
    parts, begins, ends, columns, place = [], {}, {}, (), 0
    for split in ("train", "validation", "test"):
        (example,) = load_examples(name, split).as_numpy_iterator()
        parts.append(example["series"])
        begins[split], place = place, place + len(parts[-1])
        ends[split] = place
        columns = tuple(text.decode() for text in example["columns"])
    return SplitSeries(np.concatenate(parts), columns, begins, ends)


def window_starts(begin: int, end: int, past: int, future: int) -> np.ndarray:
    """The first steps of all windows whose futures lie in a part of a series.

    Args:
        begin, end: of the part; pasts may begin before it.
        past, future: steps of both.

    Returns:
        Int `[windows]`, one for each step at which a future may begin.

    Raises:
        ConfigError: if there is none.

    Example:

    >>> window_starts(10, 16, past=4, future=3).tolist()
    [6, 7, 8, 9]
    """
    starts = np.arange(max(begin - past, 0), end - past - future + 1)
    if not len(starts):
        raise ConfigError(
            f"{past} steps of past and {future} of future do not fit into a series of {end} steps, "
            f"of which those from {begin} on are forecast: take fewer."
        )
    return starts


def windows(values: np.ndarray, starts: Sequence[int] | np.ndarray, time: int) -> np.ndarray:
    """Windows `[len(starts), time, columns]` of values `[time, columns]`."""
    return values[np.asarray(starts)[:, None] + np.arange(time)]


def window_batches(
    values: np.ndarray,
    starts: np.ndarray,
    *,
    past: int,
    future: int,
    ahead: int,
    rows: int,
    past_weight: float = 0.0,
    change: Callable[[np.random.Generator, np.ndarray], np.ndarray] | None = None,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch of windows, in an order that depends on `(seed, epoch)` alone.

    Args:
        values: float32 `[time, columns]`, on the scale of the model.
        starts: first steps of the windows that are trained on.
        past, future: steps of both.
        ahead: how many steps later each label is than what is read: those of a patch.
        rows: windows of a batch; fewer than `rows` are left out at the end.
        past_weight: what a label within the past weighs beside one of the future.
        change: gives other windows for those of a batch, `[rows, past + future, columns]`, such as
            `zoo.data.tracks.turned`.
        seed, epoch: say the order.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"series", "lengths"}, labels, weights)`: `series` float32 `[rows, past,
        columns]`; `lengths` int32 `[rows]`; `labels` float32 `[rows, past - ahead + future,
        columns]`, from step `ahead` on; `weights` float32 `[rows, past - ahead + future]`, whose
        mean is 1.

    Raises:
        ConfigError: when there are too few windows for one batch, or `start` is beyond the epoch.
    """
    import tensorflow as tf

    steps = len(starts) // rows
    if not 0 <= start <= steps or not steps:
        raise ConfigError(f"The epoch has {steps} batches, so it cannot start at number {start}.")
    order = np.random.default_rng([seed, epoch]).permutation(starts)
    weights = np.concatenate([np.full(past - ahead, past_weight), np.ones(future)])
    weights = np.tile(weights / weights.mean(), (rows, 1)).astype("float32")
    lengths = np.full(rows, past, "int32")

    def generate():
        for number in range(start, steps):
            chosen = order[number * rows : (number + 1) * rows]
            whole = windows(values, chosen, past + future)
            if change is not None:
                whole = change(np.random.default_rng([seed, epoch, number]), whole)
            yield {"series": whole[:, :past], "lengths": lengths}, whole[:, ahead:], weights

    columns = values.shape[1]
    signature = (
        {
            "series": tf.TensorSpec([rows, past, columns], tf.float32),
            "lengths": tf.TensorSpec([rows], tf.int32),
        },
        tf.TensorSpec([rows, past - ahead + future, columns], tf.float32),
        tf.TensorSpec(weights.shape, tf.float32),
    )
    return generated_batches(generate, signature, steps - start)
