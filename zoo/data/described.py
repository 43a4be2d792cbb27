"""Series with a text that describes each. Knows no model and no data set by name."""

from __future__ import annotations

import dataclasses

import numpy as np

from zoo.data.loading import load_examples, require_features


@dataclasses.dataclass(frozen=True)
class Described:
    """One series and its description.

    Attributes:
        series: float32 `[time, columns]`, such as features of the frames of a clip.
        text: what it shows.
    """

    series: np.ndarray
    text: str


def read_described(name: str, split: str) -> list[Described]:
    """Reads one split of a registered data set of described series, in its order.

    Args:
        name: such as "vidvrd".
        split: such as "train".

    Raises:
        ConfigError: if its examples are not such.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_examples`.
    """
    require_features(name, ("series", "description"))
    return [
        Described(one["series"], one["description"].decode())
        for one in load_examples(name, split).as_numpy_iterator()
    ]
