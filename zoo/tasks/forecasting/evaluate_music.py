"""How well a model of music knows pieces it was not trained on.

Whatever chooses something (a checkpoint, a setting) asks `mean_nats` of the validation split. What
`evaluate_music` reads are test splits, and it only reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.metrics.rows import Row
from zoo.tasks.arguments import datasets_of

Progress = Callable[[str, int, int], None]


def evaluate_music(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a model of music on the test split of its data set.

    The negative log-likelihood of a step in nats: the sum over the 88 keys, the mean over the steps
    of all pieces together. As Bai et al. 2018 (arXiv:1803.01271, JSB Chorales) score it, the first
    chord of a piece is read and not predicted; a second row has the first chords too.

    Args:
        model: a `Composer`.
        datasets: data sets such as "jsb_chorales"; by default the one it was trained on.
        progress: called as `progress("jsb_chorales test", done, total)`.

    Returns:
        For each data set the rows "NLL" and "NLL with first chords".

    Raises:
        ConfigError: when no data set is given or known.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_music(zoo.load("music-jsb"))  # doctest: +SKIP
    """
    rows: list[Row] = []
    for name in datasets_of(model, datasets, "ask model.chord_nats of your own pieces"):
        began = time.perf_counter()
        found = nats(model, name, "test")
        if progress is not None:
            progress(f"{name} test", len(found), len(found))
        for metric, first, steps in (
            ("NLL", 1, "from:second"),
            ("NLL with first chords", 0, "all"),
        ):
            rows.append(
                {
                    "dataset": name,
                    "split": "test",
                    "metric": metric,
                    "value": float(np.concatenate([one[first:] for one in found]).mean()),
                    "digits": 3,
                    "direction": "lower",
                    "signature": f"steps:{steps}|sum:keys|mean:steps",
                    "sentences": len(found),
                    "seconds": time.perf_counter() - began,
                }
            )
    return rows


def nats(model: Any, name: str, split: str) -> list[np.ndarray]:
    """The nats of every chord of a split, an array for each piece; see `Composer.chord_nats`."""
    from zoo.data import read_music

    return model.chord_nats(read_music(name, split))


def mean_nats(model: Any, name: str) -> float:
    """The nats of a chord of the validation split, first chords left out."""
    found = nats(model, name, "validation")
    return float(np.concatenate([one[1:] for one in found]).mean())
