"""What all pictures share: colours, figures, and files that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zoo import files
from zoo.errors import ConfigError, printable

# Told apart by the colour-blind (Okabe and Ito 2008), and by their marks.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
MARKS = "osD^vPX"


def style_of(number: int) -> dict[str, str]:
    """Colour and mark of a line or a group of points."""
    return {"color": COLOURS[number % len(COLOURS)], "marker": MARKS[number % len(MARKS)]}


def new_figure(width: float, height: float) -> Any:
    """An empty figure, its size in inches.

    Raises:
        ConfigError: if matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure  # without pyplot there is no window and no state
    except ImportError as error:
        raise ConfigError(
            "A picture needs matplotlib: install it with pip install 'sequence-zoo[plots]'."
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def figure_and_axes(title: str, across: str, up: str) -> tuple[Any, Any]:
    """A figure with one pair of axes.

    Raises:
        ConfigError: if matplotlib is not installed.
    """
    figure = new_figure(7, 4.4)
    axes = figure.subplots()
    axes.set(title=title, xlabel=across, ylabel=up)
    axes.grid(color="#dddddd")
    axes.set_axisbelow(True)
    return figure, axes


def readable(text: str, longest: int = 90) -> str:
    """A text in one line as fonts have it: no control characters, cut where it is long.

    Example:

    >>> readable("a" + chr(10) + "b"), readable("abcd", 3)
    ('a⏎b', 'ab…')
    """
    text = printable(text.replace("\n", "⏎"))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def readable_pieces(pieces: Sequence[str], longest: int = 20) -> list[str]:
    """Tokens as one reads them: a hyphen where one goes on a word, and not a mark where it begins.

    Example:

    >>> readable_pieces(["▁dog", "gy", ".", "</s>"]), readable_pieces(["d", " "])
    (['dog', '-gy', '.', '(end)'], ['d', '␣'])
    """
    has_marks = any(piece.startswith("▁") for piece in pieces)
    shown = []
    for piece in pieces:
        if has_marks and piece[:1].isalnum():
            piece = f"-{piece}"
        elif piece == "</s>":
            piece = "(end)"
        shown.append(readable(piece.removeprefix("▁") or "␣", longest).replace(" ", "␣"))
    return shown


def save(figure: Any, path: str | os.PathLike, dpi: int = 150) -> None:
    """Writes a figure; the ending says the format, such as .png or .svg.

    Raises:
        ConfigError: if matplotlib knows no such format.
        MissingFileError: if the folder of the file does not exist.
    """
    with files.replacing(Path(path)) as part:
        try:
            figure.savefig(part, format=os.fspath(path).rpartition(".")[2], dpi=dpi)
        except ValueError as error:
            raise ConfigError(f"{os.fspath(path)} cannot be drawn: {error}.") from error
