"""`zoo unusual`: series in, how unusual each step is out."""

from __future__ import annotations

import click

from zoo.cli import names, output
from zoo.cli.serving import answers_of, load_with_verb


@click.command("unusual")
@click.argument("name", shell_complete=names.models("unusual"))
@click.argument("items", metavar="FILE...", nargs=-1)
@click.option("--spans", is_flag=True, help="Only the unusual steps: first and last, a line each.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each file.")
def command(name: str, items: tuple[str, ...], spans: bool, as_json: bool) -> None:
    """Say how unusual each step of each FILE is.

    NAME is a released model or the path of a .keras file. A step whose score is above 1 is unusual.
    Each file gives lines of CSV, one a step, with its date where it has one.
    """
    model = load_with_verb(name, "unusual", items)
    for given, answer in answers_of(model, items, model.unusual):
        if as_json:
            output.json_line({"file": given, **({} if answer is None else answer.to_json())})
        elif answer is not None and spans:
            for begin, end in answer.spans:
                output.line(f"{_step(answer, begin)},{_step(answer, end - 1)}")
        elif answer is not None:
            output.line(answer.csv(), end=False)


def _step(answer, step: int) -> str:
    return str(step) if answer.dates is None else answer.dates[step].isoformat(" ")
