"""How commands print: a table for people, tab-separated lines for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from zoo import files
from zoo.errors import ConfigError, printable

_LEAST_WIDTH = 10  # of a column that may be cut


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    needed: int = 1,
    wraps: bool = False,
    below: bool = False,
) -> None:
    """Prints rows: as a table on a terminal, else one line a row, cells separated by tabs.

    Args:
        header: the titles of the columns.
        rows: their cells.
        needed: how many of the first columns are never cut; the others are where a terminal is
            narrow, and left out where next to nothing of them would stay.
        wraps: whether the last column goes on in further lines, and is not cut.
        below: whether it stands below each row where a word of it has no room beside the others.
    """
    if sys.stdout.isatty():
        texts = [[one_line(cell) for cell in row] for row in rows]
        _rich_table(header, texts, needed, wraps, below)
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


def json_answer(given: dict[str, Any], answer: Any) -> None:
    """Prints as JSON on one line what was given, and what its answer says, if there is one."""
    json_line({**given, **({} if answer is None else answer.to_json())})


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


def size(count: int) -> str:
    """A number of bytes as one reads it."""
    mebibytes = count / 2**20
    return f"{mebibytes:.1f} MiB" if mebibytes >= 0.1 else f"{count / 2**10:.0f} KiB"


def page(path: Path, text: str, check: bool, made_of: str) -> None:
    """Writes a page that is made from something else; or, with `check`, requires it to be that.

    Args:
        path: of the page.
        text: what it holds.
        check: whether nothing is written.
        made_of: end of the sentence that says it is not so, and what to do.

    Raises:
        ConfigError: if the page is missing or another one.
        MissingFileError: if the folder does not exist.
    """
    if not check:
        with files.replacing(path) as part:
            part.write_text(text, encoding="utf-8")
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        raise ConfigError(f"{path} is not {made_of}.")


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
    """Returns a value as text without line breaks, tabs and other control characters."""
    if cell is None:
        return ""
    return printable(" ".join(str(cell).split("\t")).replace("\n", " "))


def _rich_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], needed: int, wraps: bool, below: bool
) -> None:
    # Only here: rich is not imported when nobody looks.
    from rich.cells import cell_len
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console()
    cells = [max([cell_len(row[i]) for row in rows], default=0) for i in range(len(header))]
    titles = [title.split(" ") for title in header]
    widths = [max(cell, len(" ".join(title))) for cell, title in zip(cells, titles, strict=True)]
    if _total(widths[:needed]) > console.width:  # titles take two lines then
        titles = [["\n".join(title)] for title in titles]
        widths = [
            max(cell, *(len(word) for word in title[0].split("\n")))
            for cell, title in zip(cells, titles, strict=True)
        ]
    widths = _fitted(widths, console.width, needed)
    longest = max([cell_len(word) for row in rows for word in row[-1].split(" ")], default=0)
    below = below and (len(widths) < len(header) or widths[-1] < longest)
    if below:
        widths = widths[: len(header) - 1]

    def print_grid(rows: Sequence[Sequence[str]], show_header: bool) -> None:
        grid = Table(box=None, header_style="bold", pad_edge=False, show_header=show_header)
        for i, (title, width) in enumerate(zip(titles, widths, strict=False)):
            cut = i >= needed and not (wraps and i == len(header) - 1)
            overflow: Any = "ellipsis" if cut else "fold"
            grid.add_column(" ".join(title), width=width, no_wrap=cut, overflow=overflow)
        for row in rows:
            grid.add_row(*(Text(cell) for cell in row[: len(widths)]))
        console.print(grid)

    if not below:
        print_grid(rows, any(header))
        return
    for number, row in enumerate(rows):
        print_grid([row], number == 0 and any(header))
        console.print(Padding(Text(row[-1]), (0, 0, 0, 2)))


def _fitted(widths: Sequence[int], room: int, needed: int) -> list[int]:
    """Widths of the columns that a terminal has room for: the widest that may be cut are cut."""
    found = list(widths)
    while len(found) > needed:
        fitted = list(found)
        while _total(fitted) > room and (most := max(fitted[needed:])) > _LEAST_WIDTH:
            fitted[needed + fitted[needed:].index(most)] -= 1
        if _total(fitted) <= room:
            return fitted
        found.pop()
    return found


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + 2 * (len(widths) - 1)
