"""`zoo show`: everything that is known of one name."""

from __future__ import annotations

import json
from typing import Any

import click

from zoo import catalogue
from zoo.cli import output


@click.command("show")
@click.argument("name")
@click.option("--kind", type=click.Choice(list(catalogue.REGISTRIES)), help="What NAME is.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, kind: str | None, as_json: bool) -> None:
    """Show what is known of a model, task, cell, attention or data set."""
    about = catalogue.describe(name, kind=kind)
    metrics = about.get("metrics", [])
    if as_json:
        output.as_json(about)
        return
    rows = [(key, _text(value)) for key, value in about.items() if key != "metrics"]
    rows += [(f"{row['dataset']} {row['split']}", _score(row)) for row in metrics]
    output.table(("", ""), rows, wraps=True)


def _text(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _score(row: dict[str, Any]) -> str:
    return f"{row['value']:.2f} {row['metric']}"
