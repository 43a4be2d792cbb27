"""Tracks: where things were, step by step, many short series. Knows no model and no data set."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from zoo import catalogue
from zoo.data.loading import load_examples, require_features
from zoo.errors import ConfigError


@dataclasses.dataclass(frozen=True)
class Tracks:
    """Many short series of the same columns.

    Attributes:
        values: float32 `[steps, columns]`, one track after the other.
        is_recorded: bool `[steps]`, False where a value was filled in between two recorded ones.
        columns: their names.
        begins, ends: int `[tracks]`, each one's first step in `values`, and the one after its last.
        recordings: of each track, what it was recorded in.
        numbers: int `[tracks]`, the number of its first step in its recording.
    """

    values: np.ndarray
    is_recorded: np.ndarray
    columns: tuple[str, ...]
    begins: np.ndarray
    ends: np.ndarray
    recordings: tuple[str, ...]
    numbers: np.ndarray

    def starts(self, past: int, future: int) -> np.ndarray:
        """The first steps of all windows within a track whose past ends with a recorded value.

        So nothing that was filled in within a past knows of the future.

        Args:
            past, future: steps of both.

        Returns:
            Int `[windows]`, for `zoo.data.windows` and `zoo.data.window_batches`.

        Raises:
            ConfigError: if there is none.
        """
        found = self._starts(past, future)[0]
        if not len(found):
            raise ConfigError(
                f"No track has {past} steps of past and {future} of future: the longest has "
                f"{int((self.ends - self.begins).max(initial=0))}."
            )
        return found

    def _starts(self, past: int, future: int) -> tuple[np.ndarray, np.ndarray]:
        counts = np.maximum(self.ends - self.begins - past - future + 1, 0)
        tracks = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(len(tracks)) - np.repeat(np.cumsum(counts) - counts, counts)
        starts = self.begins[tracks] + within
        kept = self.is_recorded[starts + past - 1]
        return starts[kept], tracks[kept]

    @property
    def pace(self) -> float:
        """How far a step goes in one column, the root of the mean square of all steps."""
        steps = np.delete(np.diff(self.values, axis=0), self.ends[:-1] - 1, axis=0)
        return float(np.sqrt(np.square(steps, dtype="float64").mean()))

    def in_company(self, past: int, future: int) -> np.ndarray:
        """Whether, of each of `starts`, another window has the same steps of its recording.

        Returns:
            Bool `[windows]`.
        """
        starts, tracks = self._starts(past, future)
        numbers = self.numbers[tracks] + starts - self.begins[tracks]
        places = [
            (self.recordings[track], number) for track, number in zip(tracks, numbers, strict=True)
        ]
        count = Counter(places)
        return np.array([count[place] > 1 for place in places], bool)


def read_tracks(name: str, split: str) -> Tracks:
    """Reads one split of a registered data set of tracks.

    Args:
        name: such as "eth_ucy/zara1".
        split: such as "train".

    Raises:
        ConfigError: if its examples are no tracks.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_examples`.

    Example: `read_tracks("spindoe", "train").columns`.
    """
    require_features(name, ("series", "columns", "is_recorded", "recording", "number"))
    examples = list(load_examples(name, split).as_numpy_iterator())
    lengths = np.array([len(example["series"]) for example in examples])
    ends = lengths.cumsum()
    return Tracks(
        np.concatenate([example["series"] for example in examples]),
        np.concatenate([example["is_recorded"] for example in examples]),
        tuple(text.decode() for text in examples[0]["columns"]),
        ends - lengths,
        ends,
        tuple(example["recording"].decode() for example in examples),
        np.array([example["number"] for example in examples]),
    )


def times_of(name: str) -> tuple[int, list[int]]:
    """What a registered data set of tracks is usually asked for.

    Args:
        name: such as "eth_ucy/zara1".

    Returns:
        How many steps of past are read, and the numbers of steps ahead that are scored.

    Raises:
        ConfigError: if it does not say so.
        UnknownNameError: if there is no such data set.
    """
    about = catalogue.datasets.entry(name.partition("/")[0]).about
    if "past" not in about or "horizons" not in about:
        raise ConfigError(
            f"{name} says no past and horizons where it is registered: take a data set of tracks, "
            "such as eth_ucy/zara1."
        )
    return int(about["past"]), [int(steps) for steps in about["horizons"]]


def unbroken(numbers: np.ndarray, values: np.ndarray, most_missing: int = 0):
    """Cuts a track where too many of its steps are missing, and fills in what is missing else.

    Args:
        numbers: int `[recorded]`, of the steps that were recorded, which rise.
        values: float `[recorded, columns]`.
        most_missing: steps that may be missing in a row, and are filled in on a straight line.

    Yields:
        Of each part the number of its first step, its values `[time, columns]`, and `[time]`
        whether each was recorded.

    Example:

    >>> found = unbroken(np.array([3, 5, 9]), np.array([[0.0], [4.0], [1.0]]), most_missing=1)
    >>> [(number, part.ravel().tolist(), seen.tolist()) for number, part, seen in found]
    [(3, [0.0, 2.0, 4.0], [True, False, True]), (9, [1.0], [True])]
    """
    cuts = np.flatnonzero(np.diff(numbers) > most_missing + 1) + 1
    for some, part in zip(np.split(numbers, cuts), np.split(values, cuts), strict=True):
        steps = np.arange(some[0], some[-1] + 1)
        filled = np.stack([np.interp(steps, some, column) for column in part.T], axis=1)
        yield int(some[0]), filled.astype("float32"), np.isin(steps, some)


def track_features(columns: int) -> dict[str, Any]:
    """The features of an example of a data set of tracks, for `tfds.features.FeaturesDict`.

    They are `series` `[time, columns]`, the names of its `columns`, `is_recorded` `[time]`, the
    `recording`, and the `number` of the first step in that.
    """
    import tensorflow_datasets as tfds

    return {
        "columns": tfds.features.Sequence(tfds.features.Text()),
        "series": tfds.features.Tensor(shape=(None, columns), dtype=np.float32),
        "is_recorded": tfds.features.Tensor(shape=(None,), dtype=np.bool_),
        "recording": tfds.features.Text(),
        "number": tfds.features.Scalar(np.int64),
    }


def track_examples(columns: Sequence[str], tracks: Iterable[tuple]) -> Iterator[tuple[int, dict]]:
    """The keys and examples of a split of a data set of tracks, for `_generate_examples`.

    Args:
        columns: names of the columns.
        tracks: of each the name of its recording, and what `unbroken` gives.
    """
    for key, (recording, number, series, is_recorded) in enumerate(tracks):
        yield (
            key,
            {
                "columns": list(columns),
                "series": series,
                "is_recorded": is_recorded,
                "recording": recording,
                "number": number,
            },
        )


def turned(rng: np.random.Generator, windows: np.ndarray) -> np.ndarray:
    """Windows as seen from other sides: each turned about the origin, half of them mirrored.

    Args:
        rng: what is drawn from.
        windows: `[rows, time, columns]`, of which the first two columns lie in a plane; others stay
            as they are.

    Returns:
        The same shape.
    """
    angles = rng.uniform(0, 2 * np.pi, len(windows))
    mirror = rng.choice([-1.0, 1.0], len(windows))
    turn = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
    turn[:, 1] *= mirror
    found = windows.copy()
    found[..., :2] = np.einsum("ijw,wtj->wti", turn, windows[..., :2])
    return found
