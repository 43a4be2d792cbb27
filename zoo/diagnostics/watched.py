"""Clips as a row of frames with what is unusual in them marked, and below how unusual each is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from zoo.diagnostics.clips import draw_frames
from zoo.diagnostics.drawing import COLOURS, new_figure, save
from zoo.errors import ConfigError

_MOST = 12  # clips of one picture
_FAINT, _FULL = 0.5, 2.0  # scores of places that are not marked, and are marked as much as any


class Watched(NamedTuple):
    """One clip and what is unusual in it.

    Attributes:
        title: what it is.
        places: numbers of the frames that are shown.
        frames: uint8 `[shown, height, width, 1 or 3]`.
        scores: of every frame, above 1 where it is unusual.
        where: of every frame and place, float `[frames, rows, columns]`.
    """

    title: str
    places: Sequence[int]
    frames: np.ndarray
    scores: Sequence[float]
    where: np.ndarray


def draw(pictures: Sequence[Watched], path: str | os.PathLike) -> None:
    """Draws each clip: frames above, the same with unusual places in red, and scores below.

    Args:
        pictures: at least one; of more than 12 the first are drawn. One without frames is left out.
        path: file of the picture; its ending says the format, such as .png or .svg.

    Raises:
        ConfigError: if matplotlib is not installed or knows no such format, or there is no clip.
        MissingFileError: if the folder of the file does not exist.
    """
    shown = [one for one in pictures if len(one.places)][:_MOST]
    if not shown:
        raise ConfigError("There is nothing to draw: no clip has a frame.")
    figure = new_figure(11, 3.6 * len(shown))
    axes = figure.subplots(3 * len(shown), 1, height_ratios=[1, 1, 1.3] * len(shown), squeeze=False)
    for number, one in enumerate(shown):
        plain, marked, below = axes[3 * number : 3 * number + 3, 0]
        draw_frames(plain, one.frames, [])
        draw_frames(marked, marked_frames(one.frames, one.where[list(one.places)]), one.places)
        plain.set_title(one.title, loc="left", fontsize=10, parse_math=False)
        _scores(below, one)
    save(figure, path, dpi=100)


def marked_frames(frames: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Frames in grey, redder the more unusual a place is; places above 1 can be seen well.

    Args:
        frames: uint8 `[frames, height, width, 1 or 3]`.
        where: float `[frames, rows, columns]`.

    Returns:
        uint8 `[frames, height, width, 3]`.
    """
    height, width = frames.shape[1:3]
    rows = np.arange(height) * where.shape[1] // height
    columns = np.arange(width) * where.shape[2] // width
    part = np.clip((where - _FAINT) / (_FULL - _FAINT), 0, 1)[:, rows][:, :, columns, None] * 0.8
    grey = frames.astype("float32").mean(-1, keepdims=True)
    red = np.array([230, 30, 20], "float32")
    return np.rint(grey * (1 - part) + red * part).astype("uint8")


def _scores(axis: Any, one: Watched) -> None:
    steps = np.arange(1, len(one.scores) + 1)
    scores = np.asarray(one.scores)
    axis.plot(steps, scores, color=COLOURS[0], marker="o" if len(steps) == 1 else None)
    axis.fill_between(steps, 1, scores, where=scores > 1, color=COLOURS[1], alpha=0.4)
    axis.axhline(1, color=COLOURS[1], linewidth=1, linestyle="--")
    axis.set(ylim=(0, max(1.2, float(scores.max()) * 1.05)), xlabel="frame", ylabel="how unusual")
    axis.set_xlim(0.5, len(steps) + 0.5)
    axis.grid(color="#dddddd")
