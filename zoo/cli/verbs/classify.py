"""`zoo classify`: items in, a label for each out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zoo.cli import names, output
from zoo.cli.serving import answers_of, file_option, input_of, load_with_verb
from zoo.errors import printable


@click.command("classify")
@click.argument("name", shell_complete=names.models("classify"))
@click.argument("items", metavar="[ITEM]...", nargs=-1)
@file_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each item.")
def command(name: str, items: tuple[str, ...], file: Path | None, as_json: bool) -> None:
    """Label each ITEM: a text, or the path of a file where the model sees or hears.

    NAME is a released model or the path of a .keras file. Without ITEM, or with "-", a model of
    text labels the lines of standard input. Each gives one line, in order: the label and its
    probability, separated by a tab.
    """
    model = load_with_verb(name, "classify", items, file)
    for given, answer in answers_of(model, items, model.classify, file):
        if as_json:
            found = {} if answer is None else answer.to_json()
            output.json_line({input_of(model).kind: given, **found})
        else:
            click.echo("" if answer is None else answer.line(_painter(model.labels)))


def _painter(labels: list[str]):
    if not sys.stdout.isatty():
        return None
    colours = {label: _colour(number, len(labels)) for number, label in enumerate(labels)}
    return lambda label: click.style(printable(label), fg=colours[label], bold=True)


def _colour(number: int, count: int) -> str:
    """Red for the first labels, green for the last, yellow for one in the middle."""
    middle = (count - 1) / 2
    return "red" if number < middle else "green" if number > middle else "yellow"
