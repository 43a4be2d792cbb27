"""Recorded skeletons as rows of stick figures, with what is done at each time under them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zoo.diagnostics.drawing import COLOURS, new_figure, save
from zoo.errors import ConfigError

_FIGURES = 14  # of a recording
_MOST = 8  # recordings of one picture
_BONES = (
    *((0, 1), (1, 2), (2, 3), (2, 4), (4, 5), (5, 6), (6, 7), (2, 8), (8, 9), (9, 10), (10, 11)),
    *((0, 12), (12, 13), (13, 14), (14, 15), (0, 16), (16, 17), (17, 18), (18, 19)),
)
_SIDES = {"left": COLOURS[0], "right": COLOURS[1], "middle": "#444444"}


class Moved(NamedTuple):
    """One recording and its labels.

    Attributes:
        title: what it is.
        joints: float `[frames, 20, 3]`, in the order of `zoo.inputs.skeletons.JOINTS`.
        labels: their names.
        probabilities: of each label at each frame, float `[frames, labels]`.
        spans: label, begin and end in frames, and probability of each.
    """

    title: str
    joints: np.ndarray
    labels: Sequence[str]
    probabilities: np.ndarray
    spans: Sequence[tuple[str, float, float, float]]


def draw(pictures: Sequence[Moved], path: str | os.PathLike) -> None:
    """Draws figures of each recording, under them how probable each label is, and what is said.

    Figures stand at the times at which they are drawn, left limbs blue and right ones orange. Of
    more than 8 recordings the first are drawn.

    Args:
        pictures: at least one.
        path: of the picture, its format by its ending.

    Raises:
        ConfigError: if matplotlib is missing, there is nothing to draw, or it knows no such format.
    """
    shown = [one for one in pictures if len(one.joints)][:_MOST]
    if not shown:
        raise ConfigError("There is nothing to draw: no recording has a frame.")
    heights = [height for one in shown for height in (1.8, 0.2 * len(one.labels) + 0.6)]
    figure = new_figure(14, sum(heights) + 0.7 * len(shown))
    rows = figure.subplots(2 * len(shown), 1, squeeze=False, height_ratios=heights)
    for one, above, below in zip(shown, rows[::2, 0], rows[1::2, 0], strict=True):
        _figures(above, one)
        _probabilities(figure, below, one)
        for axis in (above, below):
            axis.set_xlim(0, len(one.joints))
    save(figure, path, dpi=100)


def _figures(axis, one: Moved) -> None:
    count = len(one.joints)
    places = np.linspace(0, count - 1, min(_FIGURES, count)).round().astype(int)
    pose = one.joints[places] - one.joints[places, :1]
    # A figure is as wide as there is room for: a metre is so many frames across.
    room = count / len(places) / max(float(np.ptp(pose[..., 1])), 1e-3)
    for place, joints in zip(places, pose, strict=True):
        across = np.clip(place, 0.5 * count / len(places), count * (1 - 0.5 / len(places)))
        for low, high in _BONES:
            side = "left" if 4 <= high < 8 or 12 <= high < 16 else "right"
            colour = _SIDES["middle" if high < 4 else side]
            ends = joints[[low, high]]
            axis.plot(across + room * ends[:, 0], ends[:, 1], color=colour, linewidth=1.4)
    axis.set_title(one.title, loc="left", fontsize=10, parse_math=False)
    axis.set(xticks=[], yticks=[])
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)


def _probabilities(figure, axis, one: Moved) -> None:
    size = len(one.labels)
    extent = (0, len(one.joints), size - 0.5, -0.5)
    how = {"cmap": "Blues", "vmin": 0, "vmax": 1, "interpolation": "nearest", "aspect": "auto"}
    image = axis.imshow(one.probabilities.T, extent=extent, **how)
    axis.set_yticks(range(size), one.labels, fontsize=8, parse_math=False)
    numbers = {label: number for number, label in enumerate(one.labels)}
    for label, begin, end, _ in one.spans:
        row = numbers[label]
        axis.plot([begin, end], [row, row], color=COLOURS[1], linewidth=2, solid_capstyle="butt")
    axis.set_xlabel("frames; a line where a label is said", fontsize=9)
    figure.colorbar(image, ax=axis, fraction=0.02, pad=0.01, label="probability")
