"""`zoo train`: a model from one's own files, with one command."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from zoo import catalogue
from zoo.backend.quiet import import_keras
from zoo.cli import lines, names
from zoo.errors import ConfigError, MissingFileError

_RATE = click.FloatRange(0, 1, min_open=True)  # a greater one ends in no numbers


class _Tasks(click.Group):
    """Commands by task; other registered tasks are told from names that do not exist."""

    def resolve_command(self, ctx, args):
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            catalogue.tasks.entry(args[0])  # a name that does not exist is said to be none
            raise ConfigError(
                f"zoo train trains {', '.join(self.list_commands(ctx))}; for {args[0]} see the "
                "scripts in recipes/."
            )
        return super().resolve_command(ctx, args)


@click.group("train", cls=_Tasks)
def command() -> None:
    """Train a model on your own files.

    The same command goes on where an interrupted one stopped. What it saves is opened by zoo.load
    and by the other commands.
    """


def _with(options: Iterable[Callable]) -> Callable[[Callable], Callable]:
    """Adds options to a command, in their order."""

    def decorated(function: Callable) -> Callable:
        for option in reversed(list(options)):
            function = option(function)
        return function

    return decorated


_every = _with(
    [
        click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0)),
        click.option(
            "--patience", type=click.IntRange(min=1), help="Epochs without a better score."
        ),
        click.option(
            "--strategy",
            default="one",
            show_default=True,
            help="Devices: one, mirrored, multiworker, auto.",
        ),
        click.option("--precision", default="float32", show_default=True),
        click.option("--tensorboard", is_flag=True, help="Write for TensorBoard, in the run."),
        click.option("--dry-run", is_flag=True, help="Say sizes, memory and time, then stop."),
    ]
)


def _common(function: Callable) -> Callable:
    """The options of a training on own examples; None is chosen by the size of the data."""
    options = [
        click.option("--out", required=True, help="The finished model, a .keras file."),
        click.option("--run", help="Folder of the run; by default OUT without .keras, with .run."),
        click.option("--epochs", type=click.IntRange(min=1), help="By default by the data's size."),
        click.option("--units", type=click.IntRange(min=1), help="Width of the layers; the same."),
        click.option("--dropout", type=click.FloatRange(0, 0.95), help="The same."),
        click.option("--learning-rate", default=1e-3, show_default=True, type=float),
        click.option("--cell", default="gru", show_default=True, help="Any registered cell."),
        click.option("--init-from", help="A released name or file to start from (fine-tuning)."),
    ]
    function = _with(options)(_every(function))

    @functools.wraps(function)
    def checked(out: str, run: str | None, cell: str, **settings: Any) -> None:
        places = _places(out, run)
        catalogue.cells.entry(cell)
        if settings.get("attention"):
            catalogue.attentions.entry(settings["attention"])
        function(cell=cell, **places, **settings)

    return checked


def _places(out: str, run: str | None) -> dict[str, str]:
    """The file and the folder that a training writes."""
    if Path(out).suffix != ".keras":
        raise ConfigError(f"A model is saved as a .keras file, so {out!r} must end in .keras.")
    return {"out": out, "run": run or str(Path(out).with_suffix(".run"))}


def _arguments(**settings: Any) -> argparse.Namespace:
    """The options of a recipe, with those of the command line."""
    import_keras()
    import keras

    from zoo.experiments import recipe
    from zoo.training.strategies import strategy_of

    defaults = recipe.options("", run="", out="", smoothing=0.1, average=3).parse_args([])
    unset = dict.fromkeys((*recipe.SIZED, "warmup"))  # None: chosen by the size of the data
    args = argparse.Namespace(**{**vars(defaults), **unset, **settings})
    strategy_of(args.strategy)  # which connects several machines before anything is computed
    keras.utils.set_random_seed(args.seed)
    return args


_attention = click.option("--attention", default="additive", show_default=True)


@command.command("nmt")
@click.option("--source", required=True, help="Text, a sentence a line.")
@click.option("--target", required=True, help="Its translation, line by line.")
@click.option("--valid", nargs=2, help="Two such files to choose by; else 1 pair in 20.")
@_attention
@_common
def translator(source: str, target: str, valid: tuple[str, str] | None, **settings) -> None:
    """Train a translation model on two files of lines."""
    args = _arguments(**settings)
    from zoo.experiments.own_data import train_translator

    train_translator(args, source, target, valid or None)


@command.command("classify")
@click.option("--csv", "table", required=True, help="A table, CSV or TSV, with a line of names.")
@click.option("--text", default="text", show_default=True, help="Column of the texts.")
@click.option("--label", default="label", show_default=True, help="Column of the labels.")
@click.option("--valid", help="Such a table to choose by; else 1 row in 20.")
@_common
def classifier(table: str, text: str, label: str, valid: str | None, **settings) -> None:
    """Train a classifier of texts on a table."""
    args = _arguments(**settings)
    from zoo.experiments.own_data import train_classifier

    train_classifier(args, table, text, label, valid)


@command.command("tag")
@click.option("--conllu", required=True, help="Tagged sentences, ten columns a word.")
@click.option("--valid", help="Such a file to choose by; else 1 sentence in 20.")
@_common
def tagger(conllu: str, valid: str | None, **settings) -> None:
    """Train a tagger on a CoNLL-U file."""
    args = _arguments(**settings)
    from zoo.experiments.own_data import train_tagger

    train_tagger(args, conllu, valid)


@command.command("caption")
@click.option("--captions", required=True, help="A photograph's file name, a tab, a caption.")
@click.option("--images", required=True, help="Folder of the photographs.")
@click.option("--valid", help="Such a file to choose by; else 1 photograph in 20.")
@_attention
@_common
def captioner(captions: str, images: str, valid: str | None, **settings) -> None:
    """Train a captioner on a folder of photographs."""
    args = _arguments(**settings)
    from zoo.experiments.own_data import train_captioner

    train_captioner(args, captions, images, valid)


@command.command("forecast")
@click.option("--csv", "table", required=True, help="A row a step, a column a series, and dates.")
@click.option("--steps", default=24, show_default=True, type=click.IntRange(min=1))
@click.option("--context", type=click.IntRange(min=1), help="Steps of the past; else 4 x STEPS.")
@click.option("--valid", help="Such a table to choose by; else the last fifth of the steps.")
@_common
def forecaster(table: str, steps: int, context: int | None, valid: str | None, **settings) -> None:
    """Train a forecaster on a table of numbers over time."""
    args = _arguments(**settings)
    from zoo.experiments.own_series import train_forecaster

    train_forecaster(args, table, steps, context, valid)


@command.command("lm")
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
@_every
def language_model(text: str, out: str | None, run: str | None, **settings) -> None:
    """Train a language model on a text file.

    The file may have ten kilobytes or a gigabyte: it is never in memory as a whole. After each
    epoch a sample is written.
    """
    catalogue.cells.entry(settings["cell"])
    if not Path(text).is_file():
        raise MissingFileError(f"There is no text file {text!r}.")
    lines.require_text(Path(text))
    places = _places(out or str(Path(text).with_suffix(".keras")), run)
    args = _arguments(**places, decay=0.5, smoothing=0.0, average=1, **settings)
    from zoo.experiments.own_text import train_language_model

    train_language_model(args, text, _progress())


def _progress():
    """Returns a callback that says on a terminal how much of the text is read."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        click.echo(f"\r{done / total:.0%} read\x1b[K", err=True, nl=done >= total)

    return show
