"""`zoo evaluate`: the scores of a model on the test sets of its task."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import click

from zoo import catalogue
from zoo.backend.quiet import import_keras
from zoo.cli import output
from zoo.errors import ConfigError


@click.command("evaluate")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, as_json: bool) -> None:
    """Measure a model on the test sets of its task.

    NAME is a released model or the path of a .keras file. The data is taken from ZOO_DATA_MIRROR
    if that is set, and else downloaded once.
    """
    from zoo import saving

    path = saving.locate(name)
    saving.require_plugins(path)  # before the task is looked up, which may be a plugin's
    evaluator, settings = _evaluator(name, path)
    import_keras()
    rows = _import(evaluator)(saving.load(name), progress=_progress(), **settings)
    if as_json:
        output.as_json(rows)
        return
    output.table(
        ("data", "split", "metric", "value", "sentences", "seconds", "signature"),
        [
            (
                row["dataset"],
                row["split"],
                row["metric"],
                f"{row['value']:.{row.get('digits', 2)}f}",
                row["sentences"],
                f"{row['seconds']:.1f}",
                row["signature"],
            )
            for row in rows
        ],
    )


def _evaluator(name: str, path: Path) -> tuple[str, dict[str, Any]]:
    """Returns the evaluator of a model's task, and its settings for this model."""
    from zoo import saving

    settings = {}
    if saving.is_path(name):
        task = saving.read_origin(path).get("task")
    else:
        about = catalogue.models.entry(name).about
        task = about["task"]
        if catalogue.tasks.entry(task).about.get("verb") == "translate":
            settings = dict(zip(("source", "target"), about["languages"], strict=True))
    if task is None:
        raise ConfigError(f"{path} does not say what task it is for: save it with zoo.save.")
    evaluator = catalogue.tasks.entry(task).about.get("evaluator")
    if evaluator is None:
        raise ConfigError(f"Task {task!r} has no evaluator.")
    return evaluator, settings


def _import(target: str) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _progress():
    """Returns a callback that says on a terminal how far the evaluation is."""
    if not sys.stderr.isatty():
        return None

    def show(what: str, done: int, total: int) -> None:
        click.echo(f"\r{what}: {done:,} of {total:,}\x1b[K", err=True, nl=done >= total)

    return show
