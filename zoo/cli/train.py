"""`zoo train`: a model from one's own data, with one command."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zoo import catalogue
from zoo.backend.quiet import import_keras
from zoo.cli import lines, names
from zoo.errors import ConfigError, MissingFileError

_RATE = click.FloatRange(0, 1, min_open=True)  # a greater one ends in no numbers


@click.command("train")
@click.argument("task", shell_complete=names.parts("task"))
@click.option("--text", required=True, help="The text file to learn from, in UTF-8.")
@click.option(
    "--level",
    type=click.Choice(["char", "word", "subword"]),
    default="char",
    show_default=True,
    help="What the model reads and writes.",
)
@click.option("--out", help="The finished model; by default FILE.keras beside the text.")
@click.option("--run", help="Folder of the run; by default OUT without .keras and with .run.")
@click.option("--epochs", default=20, show_default=True, type=click.IntRange(min=1))
@click.option(
    "--cell",
    default="lstm",
    show_default=True,
    help="Any registered cell.",
    shell_complete=names.parts("cell"),
)
@click.option("--units", default=256, show_default=True, type=click.IntRange(min=1))
@click.option("--layers", default=2, show_default=True, type=click.IntRange(min=1))
@click.option("--embedding-size", default=128, show_default=True, type=click.IntRange(min=1))
@click.option("--dropout", default=0.2, show_default=True, type=click.FloatRange(0, 0.95))
@click.option("--learning-rate", default=2e-3, show_default=True, type=_RATE)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0))
def command(task: str, text: str, out: str | None, run: str | None, **settings) -> None:
    """Train a language model on a text file: TASK is lm.

    The file may have ten kilobytes or a gigabyte: it is never in memory as a whole. After each
    epoch a sample is written. The same command goes on where an interrupted one stopped. What it
    saves is opened by zoo.load, zoo generate and zoo score.
    """
    if task != "lm":
        catalogue.tasks.entry(task)  # a name that does not exist is said to be none
        raise ConfigError(f"zoo train trains lm; for {task} see the scripts in recipes/.")
    catalogue.cells.entry(settings["cell"])
    if not Path(text).is_file():
        raise MissingFileError(f"There is no text file {text!r}.")
    lines.require_text(Path(text))
    out = out or str(Path(text).with_suffix(".keras"))
    import_keras()
    from zoo.experiments.training import TextTraining, train_on_text

    run = run or str(Path(out).with_suffix(".run"))
    train_on_text(text, out, run, TextTraining(**settings), click.echo, _progress())


def _progress():
    """Returns a callback that says on a terminal how much of the text is read."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        click.echo(f"\r{done / total:.0%} read\x1b[K", err=True, nl=done >= total)

    return show
