"""`zoo surprise`: which tokens of a text a language model did not expect."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from zoo.cli import names, output
from zoo.cli.options import file_option, json_option
from zoo.cli.serving import answers_of, load_with_verb


@click.command("surprise")
@click.argument("name", shell_complete=names.models("generate"))
@click.argument("text", required=False)
@file_option
@json_option("line")
def command(name: str, text: str | None, file: Path | None, as_json: bool) -> None:
    """Show how surprising every token of TEXT is, or of each line of standard input.

    NAME is a released language model or the path of a .keras file. On a terminal the text is shown
    as a heat line, the redder the more surprising; elsewhere one line in gives one line out:
    token/bits, separated by spaces.
    """
    items = [] if text is None else [text]
    model = load_with_verb(name, "generate", items, file)
    for line, found in answers_of(model, items, model.surprise, file):
        if found is None:
            click.echo("")
        elif as_json:
            output.json_line(_plain(line, found))
        elif sys.stdout.isatty():
            _print_heat(found)
        else:
            output.line(" ".join(f"{token}/{bits:.1f}" for token, bits in found))


def _print_heat(found: Any) -> None:
    from rich.console import Console

    Console().print(found)


def _plain(line: str, found: Any) -> dict[str, Any]:
    tokens = [{"token": token, "bits": bits} for token, bits in found]
    return {"text": line, "tokens": tokens}
