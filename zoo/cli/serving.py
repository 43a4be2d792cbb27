"""What commands that answer items share: a model with the right verb, and items as they come."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from zoo import catalogue
from zoo.backend.quiet import import_keras
from zoo.cli import lines
from zoo.cli.opening import opening
from zoo.errors import ConfigError, ZooError

_BATCH = 128  # arguments answered at once
MOST_CHARACTERS = 1 << 14  # of a text that is decoded
_MOST_LETTERS = 500
_LONG_WORD = re.compile(rf"\w{{{_MOST_LETTERS + 1}}}")


def load_with_verb(
    name: str, verb: str, items: Sequence[str] = (), file: Path | None = None
) -> Any:
    """Loads a released model, or a file, that has a verb.

    Says so where an item is the name of a file and the model reads text, which is hardly meant.

    Args:
        name: a released model or the path of a .keras file.
        verb: the method that serves, such as "translate".
        items: the arguments to answer.
        file: whose lines are answered in their place.

    Returns:
        The model.

    Raises:
        ConfigError: when it has another verb, which the message names, or both items and a file
            are given.
        UnknownNameError, MissingFileError, DamagedFileError, PluginError, OfflineError: as
            `zoo.load` does.
    """
    import zoo
    from zoo import saving

    if file is not None and items:
        raise ConfigError(f"Give what to {verb} as an argument or as --file {file}, not as both.")
    if not saving.is_path(name):
        _must_have_verb(name, verb)
    saving.locate(name)  # a wrong name is said before Keras is imported, which takes seconds
    with opening(name):
        import_keras()
        model = zoo.load(name)
    if not hasattr(model, verb):
        raise ConfigError(f"{name} is a {type(model).__name__} and cannot {verb}.")
    if input_of(model).kind == "text" and len(items) == 1 and os.path.isfile(items[0]):
        click.echo(
            f"Note: {items[0]!r} is taken for the text itself; to read that file: "
            f"--file {items[0]}",
            err=True,
        )
    return model


def _must_have_verb(name: str, wanted: str) -> None:
    task = catalogue.models.entry(name).about["task"]
    verb = catalogue.about_of(task).get("verb")
    if verb != wanted:
        raise ConfigError(f"{name} is a model for {task!r}: use `zoo {verb}`.")


def input_of(model: Any) -> Any:
    """What a model reads; of one that does not say it, text."""
    from zoo.inputs.input import Input
    from zoo.inputs.text import Text

    try:
        found = model.input
    except (AttributeError, ValueError):  # Keras's own, of a model that is no zoo.tasks.ItemModel
        found = None
    return found if isinstance(found, Input) else Text()


def items_of(model: Any, arguments: Sequence[str], file: Path | None = None) -> Iterator[list[str]]:
    """Yields what there is to answer, in batches, as it was given.

    Args:
        model: the model, whose `Input` says what an argument means.
        arguments: those of the command. None, or "-" alone: the lines of standard input, where the
            model reads text.
        file: whose lines are answered in the place of arguments.

    Raises:
        ConfigError: if there is nothing to answer, or a line is no text in UTF-8.
    """
    is_text = input_of(model).kind == "text"
    if arguments and not (is_text and list(arguments) == ["-"]):
        arguments = [" ".join(one.splitlines()) for one in arguments]
        return (arguments[n : n + _BATCH] for n in range(0, len(arguments), _BATCH))
    if not is_text:
        raise ConfigError(f"Give the files to read, one {input_of(model).kind} each.")
    return lines.batches_of_standard_input() if file is None else lines.batches_of_file(file)


def require_decodable(texts: Sequence[Any]) -> None:
    """Requires texts of which a search ends soon: its outputs may be twice as long.

    Raises:
        ConfigError: if one is too long, or a word in it is.
    """
    for text in texts:
        if not isinstance(text, str):
            continue
        if len(text) > MOST_CHARACTERS:
            raise ConfigError(
                f"A text of {len(text):,} characters is too long to be decoded, which begins with "
                f"{text[:20]!r}: cut it into several of at most {MOST_CHARACTERS:,}."
            )
        if word := _LONG_WORD.search(text):
            raise ConfigError(
                f"A word of more than {_MOST_LETTERS} letters is too long to be decoded, which "
                f"begins with {word[0][:20]!r}: leave it out."
            )


def answers_of(
    model: Any,
    arguments: Sequence[str],
    answer: Callable[[list[Any]], Sequence[Any]],
    file: Path | None = None,
) -> Iterator[tuple[str, Any]]:
    """Yields each argument or line with its answer, in order.

    One that cannot be answered is said on standard error, and None stands in the place of its
    answer; the others go on, and at the end the command fails with exit code 2.

    Args:
        model: the model.
        arguments, file: as for `items_of`.
        answer: gives the answers to a list of items.
    """
    from zoo.backend.compiled import asked_once  # which imports Keras: not before a model is there

    failed = 0
    is_alone = len(arguments) == 1 and arguments[0] != "-"
    for batch in items_of(model, arguments, file):
        with asked_once() if is_alone else nullcontext():
            answers = _answered(model, batch, answer)
        for given, found in zip(batch, answers, strict=True):
            if isinstance(found, ZooError):
                failed += 1
                click.echo(f"Error: {found}", err=True)
            yield given, None if isinstance(found, ZooError) else found
    if failed:
        sys.stdout.flush()
        raise click.exceptions.Exit(2)


def _answered(model: Any, batch: list[str], answer: Callable) -> list[Any]:
    """The answers to a batch, an error in the place of each that has none."""
    if len(batch) == 1 and isinstance(batch[0], lines.RefusedLine):
        return [ConfigError(batch[0].why)]
    try:
        if not any(isinstance(one, lines.RefusedLine) for one in batch):
            return list(answer([input_of(model).read(one) for one in batch]))
    except ZooError as error:
        if len(batch) == 1:
            return [error]
    return [found for one in batch for found in _answered(model, [one], answer)]
