"""Series, how they are expected to go on, and how far they may be off: a panel for each column."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from zoo.diagnostics.drawing import new_figure, save
from zoo.errors import ConfigError

_PAST = 3  # steps of the past that are drawn for each of the future
_MOST = 24  # panels of one picture


class Foreseen(NamedTuple):
    """One series of several columns, and its forecast.

    Attributes:
        title: what it is.
        columns: their names.
        past: float `[time, columns]`.
        values: float `[steps, columns]`, what is expected.
        low, high: the same, the ends of the interval.
        interval: its probability.
        dates: of past and future together, `[time + steps]`. None: steps are counted from the
            first that is forecast.
    """

    title: str
    columns: Sequence[str]
    past: np.ndarray
    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    interval: float
    dates: Sequence[Any] | None


def draw(pictures: Sequence[Foreseen], path: str | os.PathLike) -> None:
    """Draws the end of each past, the values that are expected and their interval.

    Args:
        pictures: at least one.
        path: of the picture, its format by its ending.

    Raises:
        ConfigError: if matplotlib is missing, there is nothing to draw, or it knows no such format.
    """
    panels = [(one, column) for one in pictures for column in range(len(one.columns))][:_MOST]
    if not panels:
        raise ConfigError("There is nothing to draw: no series was forecast.")
    figure = new_figure(9, 0.6 + 1.5 * len(panels))
    axes = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
    for axis, (one, column) in zip(axes, panels, strict=True):
        steps, shown = len(one.values), min(len(one.past), _PAST * len(one.values))
        places: Any = np.arange(-shown, steps)
        if one.dates is not None:
            places = list(one.dates)[len(one.past) - shown :]
        begun, coming = places[:shown], places[shown:]
        axis.plot(begun, one.past[len(one.past) - shown :, column], color="0.3", label="past")
        axis.plot(coming, one.values[:, column], color="tab:blue", label="expected")
        label = f"{one.interval:.0%} of what may come"
        ends = (one.low[:, column], one.high[:, column])
        axis.fill_between(coming, *ends, color="tab:blue", alpha=0.25, linewidth=0, label=label)
        axis.set_ylabel(one.columns[column])
        if column == 0:
            axis.set_title(one.title, loc="left", fontsize=10)
    axes[0].legend(loc="upper left", fontsize=8, ncols=3)
    save(figure, path, dpi=100)
