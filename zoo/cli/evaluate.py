"""`zoo evaluate`: the scores of a model on the test sets of its task."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from zoo import catalogue
from zoo.backend.quiet import import_keras
from zoo.cli import names, output
from zoo.cli.opening import opening
from zoo.errors import ConfigError
from zoo.metrics.rows import checked_rows


@click.command("evaluate")
@click.argument("name", shell_complete=names.models())
@click.option(
    "--languages",
    metavar="SOURCE-TARGET",
    help="Of a translator, such as de-en; not given: what the released model or the file says, of "
    "several languages each pair.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, languages: str | None, as_json: bool) -> None:
    """Measure a model on the test sets of its task.

    NAME is a released model or the path of a .keras file. The data is taken from ZOO_DATA_MIRROR
    if that is set, and else downloaded once.
    """
    from zoo import saving

    path = saving.locate(name)
    saving.require_plugins(path)  # before the task is looked up, which may be a plugin's
    task = _task(name, path)
    target = catalogue.about_of(task).get("evaluator")
    if target is None:
        raise ConfigError(f"Task {task!r} has no evaluator.")
    with opening(name):
        import_keras()
        evaluator, model = _import(target), saving.load(name)
    settings = _languages(name, model, task, evaluator, languages)
    if _takes(evaluator, "progress"):
        settings["progress"] = _progress()
    rows = checked_rows(evaluator(model, **settings), target)
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
                row.get("sentences", ""),
                f"{row['seconds']:.1f}" if "seconds" in row else "",
                row.get("signature", ""),
            )
            for row in rows
        ],
        needed=4,
    )


def _task(name: str, path: Path) -> str:
    from zoo import saving

    if not saving.is_path(name):
        return catalogue.models.entry(name).about["task"]
    task = saving.read_origin(path).get("task")
    if task is None:
        raise ConfigError(f"{path} does not say what task it is for: save it with zoo.save.")
    return task


def _languages(
    name: str, model: Any, task: str, evaluator: Callable, asked: str | None
) -> dict[str, Any]:
    """Returns the languages between which a model translates, as settings of its evaluator."""
    from zoo import saving

    if not is_between_languages(task, evaluator):
        if asked is not None:
            raise ConfigError(f"Task {task!r} is not evaluated by --languages: leave it out.")
        return {}
    if asked is None and getattr(model, "targets", None):
        return {}
    if asked is not None:
        pair = asked.split("-")
    elif saving.is_path(name):
        pair = list(getattr(model, "languages", None) or ())
    else:
        pair = list(catalogue.models.entry(name).about.get("languages", ()))
    if len(pair) != 2 or not all(pair):
        said = f"--languages is {asked!r}" if asked is not None else f"{name} does not say them"
        raise ConfigError(
            f"A translator is measured in its languages, and {said}: give --languages "
            "SOURCE-TARGET, such as --languages en-fr."
        )
    return dict(zip(("source", "target"), pair, strict=True))


def is_between_languages(task: str, evaluator: Callable) -> bool:
    """Returns whether models of a task translate, and are measured from a source to a target."""
    translates = catalogue.about_of(task).get("verb") == "translate"
    return translates and _takes(evaluator, "source") and _takes(evaluator, "target")


def _takes(function: Callable, name: str) -> bool:
    """Returns whether a function has such a keyword argument, or takes any."""
    parameters = inspect.signature(function).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    return name in parameters or takes_any


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
