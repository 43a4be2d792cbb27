"""`zoo export`: a model as files that other programs serve."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from zoo import catalogue
from zoo.backend.quiet import import_keras
from zoo.cli import names, output
from zoo.cli.opening import opening
from zoo.errors import ConfigError, MissingFileError

_STORES_SAMPLES = "zoo.export.saved_model:export_saved_model"


@click.command("export")
@click.argument("name", required=False, shell_complete=names.models())
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--beam-size",
    type=click.IntRange(min=1),
    help="Of models that turn text into text; not given: 5.",
)
@click.option(
    "--max-length",
    type=click.IntRange(min=1),
    help="Tokens of the longest output; not given: twice the source and ten. Of a language model, "
    "tokens that are added; not given: 200. For litert, words or tokens of a text; not given: 32.",
)
@click.option(
    "--quantize",
    type=click.Choice(["int8"]),
    help="Store matrices as 8-bit integers, in a quarter of the space; with --format onnx their "
    "products are computed in integers too.",
)
@click.option(
    "--format",
    "format_",
    default="savedmodel",
    show_default=True,
    help="What to write.",
    shell_complete=names.parts("exporter"),
)
@click.option(
    "--check",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Export nothing: run the samples stored in FOLDER and compare the answers. With NAME, or "
    "a --format that stores none, compare with the answers of that model.",
)
def command(
    name: str | None,
    folder: Path | None,
    beam_size: int | None,
    max_length: int | None,
    quantize: str | None,
    format_: str,
    check: Path | None,
) -> None:
    """Export a model to FOLDER, as a SavedModel that takes strings and answers them.

    NAME is a released model or the path of a .keras file. FOLDER gets a sub-folder for the version,
    1 or the next number, as TensorFlow Serving reads it. With --format onnx or litert, taggers,
    classifiers and language models become a graph from ids to logits, with a model.json beside it,
    in a new FOLDER.
    """
    if check is not None:
        if folder is not None:
            raise ConfigError(
                "--check takes one folder and at most a model: zoo export [NAME] --check FOLDER."
            )
        _check(check, name, format_)
        return
    if name is None or folder is None:
        raise ConfigError("Say what to export and where to: zoo export NAME FOLDER.")
    from zoo import saving

    # A wrong name or a missing plugin is said before Keras is imported, which takes seconds.
    saving.require_plugins(saving.locate(name))
    exporter = catalogue.exporters.entry(format_)
    with opening(name):
        import_keras()
        export, model = exporter.load(), saving.load(name)
    settings = {"beam_size": beam_size, "max_length": max_length, "quantize": quantize}
    output.line(export(model, folder, **settings))


def _check(folder: Path, name: str | None, format_: str) -> None:
    """Checks an export as its format says: by its stored samples, or beside the model NAME."""
    from zoo import saving

    entry = catalogue.exporters.entry(format_)
    if not folder.exists():
        raise MissingFileError(f"There is no folder {str(folder)!r}.")
    if name is None:
        if entry.target != _STORES_SAMPLES:
            raise ConfigError(
                f"--format {format_} stores no samples, so it is compared with its model: zoo "
                f"export NAME --check FOLDER --format {format_}."
            )
        with opening(str(folder)):
            import_keras()
        from zoo.export.check import check_saved_model

        for signature in check_saved_model(folder):
            output.line(f"{signature}: as exported")
        return
    if "check" not in entry.about:
        raise ConfigError(
            f"The exporter {format_!r} of {entry.owner} has no check: it cannot be compared."
        )
    saving.require_plugins(saving.locate(name))
    module, _, attribute = entry.about["check"].partition(":")
    with opening(name):
        import_keras()
        check = getattr(importlib.import_module(module), attribute)
        model = saving.load(name)
    check(model, folder)
    output.line(f"{folder}: answers as {name} does")
