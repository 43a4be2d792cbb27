"""`zoo tag`: items in, a label for every step out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from zoo.cli import names, output
from zoo.cli.serving import answers_of, file_option, input_of, load_with_verb
from zoo.errors import ConfigError

# Colours that a terminal has, for the tags that are seen most; others are plain.
_COLOURS = {
    "NOUN": "green",
    "PROPN": "bright_green",
    "PRON": "yellow",
    "VERB": "red",
    "AUX": "bright_red",
    "ADJ": "blue",
    "ADV": "cyan",
    "NUM": "magenta",
    "PUNCT": "bright_black",
}


@click.command("tag")
@click.argument("name", shell_complete=names.models("tag"))
@click.argument("items", metavar="[ITEM]...", nargs=-1)
@file_option
@click.option("--tokens", is_flag=True, help="Words are set apart by spaces; do not cut further.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each item.")
@click.option("--conllu", is_flag=True, help="CoNLL-U, a sentence for each item.")
def command(
    name: str,
    items: tuple[str, ...],
    file: Path | None,
    tokens: bool,
    as_json: bool,
    conllu: bool,
) -> None:
    """Label every step of each ITEM: of a text its words.

    NAME is a released model or the path of a .keras file. Without ITEM, or with "-", a model of
    text labels the lines of standard input. Each gives one line, in order: word/LABEL, separated
    by spaces.
    """
    if conllu and as_json:
        raise ConfigError("--json and --conllu are two forms of one answer: choose one.")
    model = load_with_verb(name, "tag", items, file)

    def answer(found: list[Any]) -> Any:
        return model.tag([one.split() for one in found] if tokens else found)

    paint = _painted if sys.stdout.isatty() else None
    for given, tagged in answers_of(model, items, answer, file):
        if as_json:
            found = {} if tagged is None else tagged.to_json()
            output.json_line({input_of(model).kind: given, **found})
        elif conllu:
            click.echo("" if tagged is None else tagged.to_conllu())
        else:
            click.echo("" if tagged is None else tagged.line(paint))


def _painted(text: str, tag: str) -> str:
    return click.style(text, fg=_COLOURS.get(tag), bold=tag in _COLOURS)
