"""`zoo cards`: MODEL_CARDS.md, made from the index of released models."""

from __future__ import annotations

from pathlib import Path

import click

from zoo import cards
from zoo.cli import output


@click.command("cards")
@click.argument("file", default="MODEL_CARDS.md", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say whether FILE is what the index says.")
def command(file: Path, check: bool) -> None:
    """Write the cards of the zoo's released models to FILE (MODEL_CARDS.md)."""
    text = cards.render(cards.read_index(), cards.read_comparisons(), cards.read_table())
    output.page(file, text, check, f"what the index says: run `zoo cards {file}`")
