"""`zoo show`: everything that is known of one name, or of a model's file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from zoo import catalogue
from zoo.cli import names, output
from zoo.cli.model_file import about_file

# What a card begins with, in this order; the rest follows as it is.
_FIRST = ("summary", "task", "verb", "languages", "parameters", "bytes", "licence", "paper")
_LAST = (
    "notes",
    "beside",
    "hardware",
    "time",
    "seeds",
    "recipe",
    "file",
    "url",
    "sha256",
    "factory",
    "owner",
)
_TITLE = ("kind", "name", "revision", "metrics")


@click.command("show")
@click.argument("name", shell_complete=names.anything)
@click.option("--kind", type=click.Choice(list(catalogue.REGISTRIES)), help="What NAME is.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, kind: str | None, as_json: bool) -> None:
    """Show what is known of NAME, or of the .keras file NAME.

    NAME is a model, task, cell, attention, data set or whatever else is registered; name@revision
    is that revision of a model.
    """
    from zoo import saving

    is_file = kind is None and saving.is_path(name)
    about = about_file(Path(name)) if is_file else catalogue.describe(name, kind=kind)
    if as_json:
        output.as_json(about)
    elif sys.stdout.isatty():
        _print_card(about)
    else:
        output.table(("", ""), _rows(about))


def _rows(about: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [(key, _text(value)) for key, value in about.items() if key != "metrics"]
    scores = about.get("metrics", [])
    return rows + [(f"{row['dataset']} {row['split']}", score(row)) for row in scores]


def _print_card(about: dict[str, Any]) -> None:
    """Prints what one asks first, then the scores, then the rest."""
    revision = f"@{about['revision']}" if "revision" in about else ""
    title = f"{about.get('name', about.get('file'))}{revision}"
    click.echo(f"{click.style(title, bold=True)}, a {about['kind']}\n")
    if others := about.get("beside"):
        about = {**about, "beside": [one["title"] for one in others]}
    known = [key for key in about if key not in _TITLE and about[key] is not None]
    order = [key for key in _FIRST if key in known]
    order += [key for key in known if key not in _FIRST + _LAST]
    _print_fields(about, order)
    if scores := about.get("metrics"):
        click.echo()
        rows = [(row["dataset"], row["split"], *score(row).split(" ", 1)) for row in scores]
        output.table(("data", "split", "score", "of"), rows, needed=3, wraps=True)
    if last := [key for key in _LAST if key in known]:
        click.echo()
        _print_fields(about, last)


def _print_fields(about: dict[str, Any], keys: list[str]) -> None:
    rows = []
    for key in keys:
        value = about[key]
        parts = value if _is_list_of_texts(value) and max(map(len, value), default=0) > 20 else None
        texts = [_size(key, value)] if parts is None else parts
        rows += [(key if not i else "", text) for i, text in enumerate(texts)]
    width = max(map(len, (*_FIRST, *_LAST)))
    output.table(("", ""), [(key.ljust(width), text) for key, text in rows], wraps=True)


def _size(key: str, value: Any) -> str:
    return f"{output.size(value)} ({value:,} bytes)" if key == "bytes" else _text(value)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _text(value: Any) -> str:
    if _is_list_of_texts(value):
        return ", ".join(value)
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def score(row: dict[str, Any]) -> str:
    """A score as text: its value and what it is one of."""
    return f"{row['value']:.{row.get('digits', 2)}f} {row['metric']}"
