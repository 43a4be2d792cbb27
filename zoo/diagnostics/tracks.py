"""Boxes over time: what was seen, what a model and a Kalman filter make of it, what was true."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zoo.diagnostics.drawing import new_figure, save
from zoo.errors import ConfigError

_PANELS = ("across (middle)", "down (middle)", "width", "height")
_WITHIN = 1.2815515655446004  # deviations that hold 80 % of a normal distribution
_MOST = 6  # tracks of one picture


class Followed(NamedTuple):
    """One track.

    Attributes:
        title: what it is.
        seen: float `[time, 4]`: left, top, width and height, NaN where there is none.
        said: the same, what the model says.
        deviations: the same: of the middle, across and down, of width and of height.
        kalman: the same, what a Kalman filter or smoother says.
        recorded: the same, what is true. None: nobody knows.
    """

    title: str
    seen: np.ndarray
    said: np.ndarray
    deviations: np.ndarray
    kalman: np.ndarray
    recorded: np.ndarray | None = None


def draw(pictures: Sequence[Followed], path: str | os.PathLike) -> None:
    """Draws four panels for each track, gaps in grey.

    Args:
        pictures: at least one.
        path: of the picture, its format by its ending.

    Raises:
        ConfigError: if matplotlib is missing, there is nothing to draw, what was recorded has other
            frames, or matplotlib knows no such format.
    """
    pictures = [one for one in pictures if len(one.seen)][:_MOST]
    if not pictures:
        raise ConfigError("There is nothing to draw: no track has frames.")
    for one in pictures:
        if one.recorded is not None and len(one.recorded) != len(one.seen):
            raise ConfigError(
                f"{one.title} has {len(one.seen)} frames, and what was recorded "
                f"{len(one.recorded)}: give the boxes of the same frames."
            )
    count = len(pictures) * len(_PANELS)
    figure = new_figure(10, 0.6 + 1.7 * count)
    axes = figure.subplots(count, 1, squeeze=False)[:, 0]
    for number, axis in enumerate(axes):
        one, panel = pictures[number // len(_PANELS)], number % len(_PANELS)
        frames = np.arange(len(one.seen))
        for begin, end in _gaps(one.seen):
            axis.axvspan(begin - 0.5, end - 0.5, color="0.9", linewidth=0)
        axis.plot(frames, _value(one.seen, panel), ".", color="0.6", markersize=2.5, label="seen")
        if one.recorded is not None:
            recorded = _value(one.recorded, panel)
            axis.plot(frames, recorded, color="black", linewidth=1.2, label="recorded")
        kalman, said = _value(one.kalman, panel), _value(one.said, panel)
        axis.plot(frames, kalman, color="tab:orange", linewidth=0.9, label="Kalman")
        axis.plot(frames, said, color="tab:blue", linewidth=1.0, label="model")
        beside = _WITHIN * one.deviations[:, panel]
        low, high = said - beside, said + beside
        axis.fill_between(frames, low, high, color="tab:blue", alpha=0.2, linewidth=0)
        axis.set_ylabel(_PANELS[panel], fontsize=8)
        axis.set_xlim(-1, len(frames))
        # A filter that runs away in a gap must not make all else flat.
        shown = [values[np.isfinite(values)] for values in (_value(one.seen, panel), said)]
        bounds = np.concatenate(shown) if sum(map(len, shown)) else np.zeros(1)
        room = 0.08 * (np.ptp(bounds) or 1.0)
        axis.set_ylim(bounds.min() - room, bounds.max() + room)
        if panel == 0:
            axis.set_title(one.title, loc="left", fontsize=10)
            axis.legend(
                loc="lower right", bbox_to_anchor=(1, 1), fontsize=7, ncols=4, frameon=False
            )
    axes[-1].set_xlabel("frame")
    save(figure, path, dpi=100)


def _value(boxes: np.ndarray, panel: int) -> np.ndarray:
    """What a panel shows of boxes `[time, 4]`."""
    return boxes[:, panel] + (boxes[:, panel + 2] / 2 if panel < 2 else 0)


def _gaps(seen: np.ndarray) -> list[tuple[int, int]]:
    """The gaps: the first frame of each, and the one after its last."""
    is_missing = np.concatenate([[False], np.isnan(seen).any(axis=1), [False]])
    changes = np.flatnonzero(np.diff(is_missing.astype("int8")))
    return list(zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True))
