"""How commands print: a table for people, tab-separated lines for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from zoo import files
from zoo.errors import ConfigError


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints rows: as a table on a terminal, else one line a row, cells separated by tabs."""
    if sys.stdout.isatty():
        _rich_table(header, rows)
        return
    for row in rows:
        click.echo("\t".join(one_line(cell) for cell in row))


def as_json(content: Any) -> None:
    """Prints plain data as indented JSON."""
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))


def require_picture(path: Path) -> None:
    """Requires that a picture can be drawn there, before anything slow is done for it.

    Raises:
        ConfigError: if matplotlib is not installed or does not draw files that end so.
        MissingFileError: if the folder does not exist.
    """
    files.require_folder(path.parent)
    try:
        import matplotlib  # noqa: F401
        from matplotlib.backend_bases import FigureCanvasBase
    except ImportError:
        raise ConfigError(
            "A picture needs matplotlib: install it with pip install 'sequence-zoo[plots]'."
        ) from None
    formats = FigureCanvasBase.get_supported_filetypes()
    if path.suffix.lower().lstrip(".") not in formats:
        raise ConfigError(
            f"A picture is no {path.suffix or 'file without an ending'}: {str(path)!r} must end in "
            f"{', '.join(f'.{one}' for one in ('png', 'svg', 'pdf') if one in formats)} or "
            "another format of matplotlib."
        )


def one_line(cell: object) -> str:
    """Returns a value as text without line breaks and tabs."""
    return " ".join(str(cell).split("\t")).replace("\n", " ") if cell is not None else ""


def _rich_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    # Only here: rich is not imported when nobody looks.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, header_style="bold", pad_edge=False)
    for title in header:
        grid.add_column(title)
    for row in rows:
        grid.add_row(*(Text(one_line(cell)) for cell in row))
    Console().print(grid)
