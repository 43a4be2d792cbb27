"""`zoo cards`: MODEL_CARDS.md, made from the index of released models."""

from __future__ import annotations

from pathlib import Path

import click

from zoo import cards, files
from zoo.errors import ConfigError


@click.command("cards")
@click.argument("file", default="MODEL_CARDS.md", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say whether FILE is what the index says.")
def command(file: Path, check: bool) -> None:
    """Write the cards of the zoo's released models to FILE (MODEL_CARDS.md)."""
    text = cards.render(cards.read_index(), cards.read_comparisons())
    if check:
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            raise ConfigError(f"{file} is not what the index says: run `zoo cards {file}`.")
        return
    with files.replacing(file) as part:
        part.write_text(text, encoding="utf-8")
