"""Clips as a row of frames, and below it how probable each label is after each frame."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from zoo.diagnostics.drawing import COLOURS, new_figure, save
from zoo.errors import ConfigError

_SHOWN = 10  # frames of a clip
_MOST = 12  # clips of one picture
_NAMED = 6  # labels of a clip that are drawn: those that are likeliest at any time


class Seen(NamedTuple):
    """One clip and what is said of it.

    Attributes:
        title: what it is.
        places: numbers of the frames that are shown.
        frames: uint8 `[shown, height, width, 1 or 3]`.
        over_time: float `[frames, labels]`, probabilities after each frame.
        labels: their names.
    """

    title: str
    places: Sequence[int]
    frames: np.ndarray
    over_time: np.ndarray
    labels: Sequence[str]


def frames_to_show(
    pieces: Iterable[Mapping[str, np.ndarray]], count: int
) -> tuple[list[int], np.ndarray]:
    """Some frames of a clip that comes in pieces: their numbers, and they themselves.

    Args:
        pieces: with `source`, uint8 `[frames, height, width, channels]`.
        count: of all frames.
    """
    places = sorted({int(place) for place in np.linspace(0, count - 1, min(_SHOWN, count))})
    found, begin = [], 0
    for piece in pieces:
        source = piece["source"]
        inside = [place - begin for place in places if begin <= place < begin + len(source)]
        found.append(source[inside])
        begin += len(source)
    return places, np.concatenate(found) if found else np.zeros((0, 1, 1, 1), "uint8")


def draw(pictures: Sequence[Seen], path: str | os.PathLike) -> None:
    """Draws each clip: frames above, at their times, and probabilities over time below.

    Args:
        pictures: at least one; of more than 12 the first are drawn.
        path: of the picture, its format by its ending.

    Raises:
        ConfigError: if matplotlib is missing, there is nothing to draw, or it knows no such format.
    """
    shown = [one for one in pictures if len(one.over_time)][:_MOST]
    if not shown:
        raise ConfigError("There is nothing to draw: no clip has a frame.")
    figure = new_figure(11, 3.6 * len(shown))
    rows = figure.subplots(2 * len(shown), 1, squeeze=False, height_ratios=[1, 1.6] * len(shown))
    for one, above, below in zip(shown, rows[::2, 0], rows[1::2, 0], strict=True):
        draw_frames(above, one.frames, one.places)
        above.set_title(one.title, loc="left", fontsize=10, parse_math=False)
        _probabilities(below, one)
    save(figure, path, dpi=100)


def draw_frames(axis, frames: np.ndarray, places: Sequence[int]) -> None:
    """Draws frames, uint8 `[shown, height, width, 1 or 3]`, in a row, with their numbers."""
    gap = np.full((frames.shape[1], 2, 3), 255, "uint8")
    parts: list[np.ndarray] = []
    for frame in frames:
        parts += [np.repeat(frame, 3, axis=-1) if frame.shape[-1] == 1 else frame, gap]
    strip = np.concatenate(parts[:-1], axis=1)
    axis.imshow(strip, aspect="auto" if strip.shape[1] < 6 * strip.shape[0] else "equal")
    width = frames.shape[2] + 2
    axis.set_xticks([width * n + width // 2 for n in range(len(places))])
    axis.set_xticklabels([str(place + 1) for place in places])
    axis.set_yticks([])


def _probabilities(axis, one: Seen) -> None:
    steps = np.arange(1, len(one.over_time) + 1)
    ranked = np.argsort(-one.over_time[-1])
    likely = np.argsort(-one.over_time.max(0))[:_NAMED]
    for number, label in enumerate([label for label in ranked if label in likely]):
        style = {"color": COLOURS[number % len(COLOURS)], "linewidth": 2 if number == 0 else 1.2}
        marker = "o" if len(steps) == 1 else None
        axis.plot(steps, one.over_time[:, label], marker=marker, label=one.labels[label], **style)
    axis.set(ylim=(0, 1.02), xlabel="frame", ylabel="probability so far")
    axis.set_xlim(0.5, len(steps) + 0.5)
    axis.grid(color="#dddddd")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
