"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click


def file_option(command: Callable) -> Callable:
    """Adds `--file FILE` to a command of lines, which gets it as `file`."""
    option = click.option(
        "--file",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Answer the lines of FILE, in UTF-8.",
    )
    return option(command)


def json_option(each: str) -> Callable[[Callable], Callable]:
    """Adds `--json` to a command, which gets it as `as_json`.

    Args:
        each: for what there is an object, such as "file".
    """
    return click.option("--json", "as_json", is_flag=True, help=f"One JSON object for each {each}.")


def plot_option(what: str, example: str = "out.png") -> Callable[[Callable], Callable]:
    """Adds `--plot FILE` to a command, which gets it as `plot`.

    Args:
        what: what is drawn.
        example: such a FILE.
    """
    return click.option(
        "--plot",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"Draw {what}, such as into {example}.",
    )
