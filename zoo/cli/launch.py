"""`zoo launch`: one training in several processes of this machine, with one command."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zoo.errors import ConfigError, MissingFileError
from zoo.training.cluster import VARIABLE

_STRATEGY = "--strategy"
_SHARED = ("multiworker", "auto")
# What a script that takes the option has in its text, and one that asks for the strategy itself.
_WITH_OPTION = (_STRATEGY, "recipe.options(")
_WITH_STRATEGY = ("distribution_scope(", "strategy_of(")


@click.command(
    "launch",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(min=1))
@click.option(
    "--restarts",
    default=3,
    show_default=True,
    type=click.IntRange(min=0),
    help="How often all start again from the last saved state when one of them was killed.",
)
@click.argument("program")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(workers: int, restarts: int, program: str, arguments: tuple[str, ...]) -> int:
    """Train a model in several processes of this machine.

    PROGRAM is a recipe, a .py file, or `train`, which is zoo train; its own arguments follow it.
    Every process gets its place in TF_CONFIG and --strategy multiworker. On several machines a
    cluster manager sets TF_CONFIG, and runs the program itself.
    """
    from zoo.experiments.launching import launch

    return launch(program_of(program, arguments), workers, restarts)


def program_of(program: str, arguments: tuple[str, ...]) -> list[str]:
    """The command line of each process.

    Raises:
        MissingFileError: if there is no such script.
        ConfigError: if it cannot be trained in several processes, or is told to be in one.
    """
    given = _given(arguments)
    if given is not None and given not in _SHARED:
        raise ConfigError(
            f"zoo launch starts processes that train one model together, and {_STRATEGY} {given} "
            f"would have each train its own: leave {_STRATEGY} out, or run the program without "
            "zoo launch."
        )
    option = [] if given else [_STRATEGY, "multiworker"]
    if program == "train":
        return [sys.executable, "-m", "zoo", "train", *arguments, *option]
    path = Path(program)
    if not path.is_file():
        raise MissingFileError(
            f"There is no recipe {program!r}: give the path of a .py file, or `train`."
        )
    text = path.read_text(encoding="utf-8", errors="replace")
    if not any(word in text for word in _WITH_OPTION):
        if not any(word in text for word in _WITH_STRATEGY):
            raise ConfigError(
                f"{program} has no {_STRATEGY}, so several processes would each train their own "
                "model: take the options of zoo.experiments.recipe, or "
                f"zoo.training.strategies.distribution_scope, which reads {VARIABLE}."
            )
        option = []
    return [sys.executable, program, *arguments, *option]


def _given(arguments: tuple[str, ...]) -> str | None:
    """The strategy among the arguments; None where there is none."""
    for at, word in enumerate(arguments):
        if word == _STRATEGY:
            return arguments[at + 1] if at + 1 < len(arguments) else ""
        if word.startswith(f"{_STRATEGY}="):
            return word.partition("=")[2]
    return None
