"""A text whose letters are coloured by numbers, as Karpathy et al. 2015 show units of a network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from zoo.diagnostics.drawing import new_figure, save


class Coloured(NamedTuple):
    """A text to be drawn.

    Attributes:
        title: over the text.
        text: of several lines.
        values: a number for each letter, of what held after it was read.
    """

    title: str
    text: str
    values: np.ndarray


def draw(texts: Sequence[Coloured], path: str | os.PathLike, legend: str, width: int = 84) -> None:
    """Draws texts one below another, each letter on a ground from purple over white to orange.

    Args:
        texts: what is drawn; the farthest value of each from 0 has the fullest colour.
        path: file, .png or .svg.
        legend: what the colours are, beside their scale.
        width: letters of a line, at most.

    Raises:
        ConfigError: if matplotlib is not installed, or knows no such format.
    """
    grids = [_cells(one, width) for one in texts]
    heights = [len(letters) for letters, _ in grids]
    figure = new_figure(width * 0.085 + 0.4, sum(heights) * 0.19 + 0.4 * len(texts) + 0.8)
    panels = figure.subplots(len(texts), 1, squeeze=False, height_ratios=heights)[:, 0]
    pale, image = _pale(), None  # type: tuple[Any, Any]
    for axes, one, (letters, values) in zip(panels, texts, grids, strict=True):
        image = axes.imshow(values, cmap=pale, vmin=-1, vmax=1, aspect="auto")
        for row, line in enumerate(letters):
            for column, letter in enumerate(line):
                axes.text(column, row, letter, ha="center", va="center", family="monospace", size=8)
        axes.set_title(one.title, loc="left", size=10)
        axes.set_axis_off()
    figure.colorbar(image, ax=list(panels), location="bottom", label=legend, shrink=0.4, aspect=30)
    save(figure, path)


def _pale() -> Any:
    """Purple over white to orange, no darker than black letters can be read on."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["PuOr_r"](np.linspace(0.22, 0.78, 256)))


def _cells(one: Coloured, width: int) -> tuple[list[str], np.ndarray]:
    """The lines of a text, tabs as four blanks and long lines cut, and the value of each letter."""
    lines, rows = [""], [[]]  # type: tuple[list[str], list[list[float]]]
    for letter, value in zip(one.text, one.values, strict=True):
        if letter == "\n":
            lines.append("")
            rows.append([])
            continue
        shown = "    " if letter == "\t" else letter
        lines[-1] += shown
        rows[-1] += [float(value)] * len(shown)
    grid = np.zeros((len(lines), width))
    for number, row in enumerate(rows):
        grid[number, : len(row[:width])] = row[:width]
    return [line[:width] for line in lines], grid / max(float(np.abs(grid).max()), 1e-9)
