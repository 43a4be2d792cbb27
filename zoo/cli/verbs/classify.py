"""`zoo classify`: text in, a label out; lines in, lines out."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from zoo.cli.serving import lines_of, load_with_verb


@click.command("classify")
@click.argument("name")
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each line.")
def command(name: str, text: str | None, as_json: bool) -> None:
    """Label TEXT, or each line of standard input.

    NAME is a released model or the path of a .keras file. Without TEXT, or with "-", one line in
    gives one line out, in order: the label and its probability, separated by a tab.
    """
    model = load_with_verb(name, "classify")
    for batch in lines_of(text):
        for line, answer in zip(batch, model.classify(batch), strict=True):
            click.echo(_json(line, answer) if as_json else _line(answer, model.labels))


def _line(answer: Any, labels: list[str]) -> str:
    label, probability = answer.label, answer.probabilities[answer.label]
    if sys.stdout.isatty():
        label = click.style(label, fg=_colour(labels.index(label), len(labels)), bold=True)
    return f"{label}\t{probability:.3f}"


def _colour(number: int, count: int) -> str:
    """Red for the first labels, green for the last, yellow for one in the middle."""
    middle = (count - 1) / 2
    return "red" if number < middle else "green" if number > middle else "yellow"


def _json(line: str, answer: Any) -> str:
    found = {"text": line, "label": answer.label, "probabilities": answer.probabilities}
    return json.dumps(found, ensure_ascii=False)
