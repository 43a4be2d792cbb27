"""What commands that answer items share: a model with the right verb, and items as they come."""

from __future__ import annotations

import io
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from zoo import catalogue
from zoo.backend.quiet import import_keras
from zoo.errors import ConfigError, ZooError, printable

_BATCH = 128  # lines answered at once
_PATIENCE = 0.05  # seconds that a batch waits for more lines once it has one


def load_with_verb(name: str, verb: str) -> Any:
    """Loads a released model, or a file, that has a verb.

    Args:
        name: a released model or the path of a .keras file.
        verb: the method that serves, such as "translate".

    Returns:
        The model.

    Raises:
        ConfigError: when it has another verb, which the message names.
        UnknownNameError, MissingFileError, DamagedFileError, PluginError, OfflineError: as
            `zoo.load` does.
    """
    import zoo
    from zoo import saving

    if not saving.is_path(name):
        _must_have_verb(name, verb)
    saving.locate(name)  # a wrong name is said before Keras is imported, which takes seconds
    import_keras()
    model = zoo.load(name)
    if not hasattr(model, verb):
        raise ConfigError(f"{name} is a {type(model).__name__} and cannot {verb}.")
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


def items_of(model: Any, arguments: Sequence[str]) -> Iterator[list[str]]:
    """Yields what there is to answer, in batches, as it was given.

    Args:
        model: the model, whose `Input` says what an argument means.
        arguments: those of the command. None, or "-" alone: the lines of standard input, where the
            model reads text.

    Raises:
        ConfigError: if there is nothing to answer.
    """
    if arguments and list(arguments) != ["-"]:
        arguments = [" ".join(one.splitlines()) for one in arguments]
        return (arguments[n : n + _BATCH] for n in range(0, len(arguments), _BATCH))
    if input_of(model).kind != "text":
        raise ConfigError(f"Give the files to read, one {input_of(model).kind} each.")
    return _standard_input()


def answers_of(
    model: Any, arguments: Sequence[str], answer: Callable[[list[Any]], Sequence[Any]]
) -> Iterator[tuple[str, Any]]:
    """Yields each argument or line with its answer, in order.

    One that cannot be answered is said on standard error, and None stands in the place of its
    answer; the others go on, and at the end the command fails with exit code 2.

    Args:
        model: the model.
        arguments: as for `items_of`.
        answer: gives the answers to a list of items.
    """
    failed = 0
    for batch in items_of(model, arguments):
        for given, found in zip(batch, _answered(model, batch, answer), strict=True):
            if isinstance(found, ZooError):
                failed += 1
                click.echo(f"Error: {found}", err=True)
            yield given, None if isinstance(found, ZooError) else found
    if failed:
        sys.stdout.flush()
        raise click.exceptions.Exit(2)


def _answered(model: Any, batch: list[str], answer: Callable) -> list[Any]:
    """The answers to a batch, an error in the place of each that has none."""
    try:
        return list(answer([input_of(model).read(one) for one in batch]))
    except ZooError as error:
        if len(batch) == 1:
            return [error]
    return [found for one in batch for found in _answered(model, [one], answer)]


def hint_at_file(model: Any, arguments: Sequence[str]) -> None:
    """Says so where the text to answer is the name of a file, which is hardly meant."""
    if input_of(model).kind == "text" and len(arguments) == 1 and Path(arguments[0]).is_file():
        click.echo(
            f"Note: {arguments[0]!r} is taken for the text itself; to read that file: "
            f"... < {printable(arguments[0])}",
            err=True,
        )


def _standard_input() -> Iterator[list[str]]:
    """Yields the lines of standard input in batches.

    A batch is full where lines come fast, and holds what there is where they come slowly, so that
    somebody who types gets each answer at once.
    """
    lines: queue.Queue[str | None] = queue.Queue(maxsize=8 * _BATCH)
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    line = lines.get()
    while line is not None:
        batch, deadline = [line], time.monotonic() + _PATIENCE
        try:
            while len(batch) < _BATCH and line is not None:
                line = lines.get(timeout=max(0, deadline - time.monotonic()))
                batch += [line] if line is not None else []
        except queue.Empty:
            pass
        yield batch
        if line is not None:
            line = lines.get()


def _read(lines: queue.Queue[str | None]) -> None:
    # Only "\n" ends a line: other separators that Unicode knows may stand inside a sentence.
    stream = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace", newline="\n")
    try:
        for line in stream:
            lines.put(line.rstrip("\r\n"))
    finally:
        lines.put(None)
