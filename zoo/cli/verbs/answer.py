"""The command of a verb that has none of its own: items in, what the model says of each out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli import names, output
from zoo.cli.options import file_option, json_option
from zoo.cli.serving import answers_of, input_of, load_with_verb


def answering_command(verb: str) -> click.Command:
    """Makes the command of a verb, whose answers say `to_json()` and `line()` or are plain data."""

    @click.command(verb)
    @click.argument("name", shell_complete=names.models(verb))
    @click.argument("items", metavar="[ITEM]...", nargs=-1)
    @file_option
    @json_option("item")
    def command(name: str, items: tuple[str, ...], file: Path | None, as_json: bool) -> None:
        model = load_with_verb(name, verb, items, file)
        for given, answer in answers_of(model, items, getattr(model, verb), file):
            plain = answer.to_json() if hasattr(answer, "to_json") else {"answer": answer}
            if as_json:
                found = {input_of(model).kind: given, **plain}
                output.json_line(found, default=_numbers)
            elif answer is None:
                click.echo("")
            else:
                output.line(answer.line() if hasattr(answer, "line") else answer)

    command.help = f"{verb.capitalize()} each ITEM, and print what the model says."
    return command


def _numbers(value: Any) -> Any:
    return value.tolist()  # of NumPy
