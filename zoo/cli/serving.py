"""What commands that answer text share: a model with the right verb, and lines as they come."""

from __future__ import annotations

import io
import queue
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from zoo import catalogue
from zoo.backend.quiet import import_keras
from zoo.errors import ConfigError

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
    verb = catalogue.tasks.entry(task).about.get("verb")
    if verb != wanted:
        raise ConfigError(f"{name} is a model for {task!r}: use `zoo {verb}`.")


def lines_of(text: str | None) -> Iterator[list[str]]:
    """Yields the lines to answer, in batches.

    Args:
        text: the argument of the command: one line; None or "-" for standard input.
    """
    return _standard_input() if text in (None, "-") else iter([[" ".join(text.splitlines())]])


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
