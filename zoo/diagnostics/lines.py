"""Lines of numbers over numbers, one a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from zoo.diagnostics.drawing import figure_and_axes, save, style_of


def draw_lines(
    path: Path,
    places: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    *,
    title: str,
    across: str,
    up: str,
) -> None:
    """Draws lines over the same places, each with its name in a legend.

    Args:
        path: file, .png or .svg.
        places: where the points are, rising.
        lines: name -> the value at each place.
        title: over the picture.
        across: what the places are, with their unit.
        up: what the values are, with their unit.

    Raises:
        ConfigError: if matplotlib is not installed.
        MissingFileError: if the folder of the file does not exist.
    """
    figure, axes = figure_and_axes(title, across, up)
    for number, (name, values) in enumerate(lines.items()):
        axes.plot(places, values, label=name, **style_of(number))
    axes.legend(frameon=False)
    save(figure, path)
