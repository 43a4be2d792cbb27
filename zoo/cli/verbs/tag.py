"""`zoo tag`: text in, a label for every word out; lines in, lines out."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from zoo.cli.serving import lines_of, load_with_verb

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
@click.argument("name")
@click.argument("text", required=False)
@click.option("--tokens", is_flag=True, help="Words are set apart by spaces; do not cut further.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each line.")
def command(name: str, text: str | None, tokens: bool, as_json: bool) -> None:
    """Label every word of TEXT, or of each line of standard input.

    NAME is a released model or the path of a .keras file. Without TEXT, or with "-", one line in
    gives one line out, in order: word/LABEL, separated by spaces.
    """
    model = load_with_verb(name, "tag")
    for batch in lines_of(text):
        answers = model.tag([line.split() for line in batch] if tokens else batch)
        for line, pairs in zip(batch, answers, strict=True):
            click.echo(_json(line, pairs) if as_json else _line(pairs))


def _line(pairs: list[Any]) -> str:
    paint = _painted if sys.stdout.isatty() else "{}/{}".format
    return " ".join(paint(token, tag) for token, tag in pairs)


def _painted(token: str, tag: str) -> str:
    return token + click.style(f"/{tag}", fg=_COLOURS.get(tag), bold=tag in _COLOURS)


def _json(line: str, pairs: list[Any]) -> str:
    tokens = [
        {"token": pair.token, "tag": pair.tag}
        | ({} if pair.start is None else {"start": pair.start, "end": pair.end})
        for pair in pairs
    ]
    return json.dumps({"text": line, "tokens": tokens}, ensure_ascii=False)
