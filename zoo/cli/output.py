"""How commands print: a table for people, tab-separated lines for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import click

from zoo.errors import printable


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints rows: as a table on a terminal, else one line a row, cells separated by tabs."""
    if sys.stdout.isatty():
        _rich_table(header, rows)
        return
    for row in rows:
        click.echo("\t".join(one_line(cell) for cell in row))


def line(text: object = "", *, end: bool = True) -> None:
    """Prints a text, its control characters written out, so that a terminal obeys none.

    Args:
        text: what is printed; colours are put around it by `painted`.
        end: whether the line ends with it.
    """
    click.echo(printable(str(text)), nl=end)


def json_line(content: Any, **settings: Any) -> None:
    """Prints plain data as JSON on one line; `settings` are those of `json.dumps`."""
    click.echo(_json(content, **settings))


def as_json(content: Any) -> None:
    """Prints plain data as indented JSON."""
    click.echo(_json(content, indent=2))


def _json(content: Any, **settings: Any) -> str:
    """JSON with letters as they are, and what a terminal would obey as JSON escapes it."""
    text = json.dumps(content, ensure_ascii=False, **settings)
    # json.dumps has escaped C0 itself, so what is found here stands within a string.
    return (
        "".join(c if c == printable(c) else f"\\u{ord(c):04x}" for c in text)
        if text != printable(text)
        else text
    )


def one_line(cell: object) -> str:
    """Returns a value as text without line breaks, tabs and other control characters."""
    if cell is None:
        return ""
    return printable(" ".join(str(cell).split("\t")).replace("\n", " "))


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
