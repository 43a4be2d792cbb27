"""`zoo settings`: the settings of every task, made from the signatures of what builds them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from zoo import catalogue
from zoo.cli import output
from zoo.errors import ConfigError

_HEADER = """\
# Settings of every task

Made by `zoo settings zoo/tasks/README.md` from the signatures of what builds the tasks; a test
fails when they differ. `zoo.build(TASK, ...)` takes them, each by its name; those without a default
must be given. Recipes have options of the same names, `--embedding-size` for `embedding_size`.
"""
_BODY = re.compile(r"^Args:\n((?: .*\n|\n)*)", re.MULTILINE)
_ARGUMENT = re.compile(r"^    (\**\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


@click.command("settings")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say whether FILE is what the signatures say.")
def command(file: Path | None, check: bool) -> None:
    """Write the settings of the zoo's tasks to FILE, or print those of all tasks.

    Without FILE, tasks of plugins are among them.
    """
    if file is None:
        if check:
            raise ConfigError("--check wants the FILE that is checked.")
        click.echo(render(catalogue.list_tasks()), nl=False)
        return
    text = render(own_tasks())
    output.page(file, text, check, f"what the signatures say: run `zoo settings {file}`")


def own_tasks() -> list[str]:
    """The names of the zoo's own tasks."""
    return [entry.name for entry in catalogue.tasks.entries() if entry.owner == catalogue.ZOO]


def render(tasks: list[str]) -> str:
    """The page, as Markdown.

    Args:
        tasks: names of tasks, a section for each, in alphabetic order.
    """
    return "\n".join([_HEADER, *(_section(task) for task in sorted(tasks))])


def _section(task: str) -> str:
    builder = catalogue.tasks.get(task)
    meanings = arguments_of(builder)
    lines = [f"## `{task}`", "", f"{catalogue.describe(task, kind='task')['summary']}.", ""]
    lines += ["| setting | default | what it is |", "|---|---|---|"]
    for name, parameter in inspect.signature(builder).parameters.items():
        is_rest = parameter.kind is inspect.Parameter.VAR_KEYWORD
        shown = f"**{name}" if is_rest else name
        default = "" if is_rest else _default(parameter.default)
        cells = (f"`{shown}`", default, meanings.get(shown, ""))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join([*lines, ""])


def arguments_of(function: Callable[..., Any]) -> dict[str, str]:
    """What a docstring says of each argument, in one line."""
    body = _BODY.search(f"{inspect.getdoc(function) or ''}\n")
    found = _ARGUMENT.findall(body[1]) if body else []
    return {name: " ".join(text.split()) for name, text in found}


def _default(value: Any) -> str:
    """A default as it would be written; a long one by its length."""
    if value is inspect.Parameter.empty:
        return ""
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return f"`{text}`" if len(text) <= 40 else f"{len(value)} of them"
