"""What a command does while Keras is imported and a model is opened, which takes seconds."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from zoo.cli.interrupts import ending_at_once


@contextlib.contextmanager
def opening(what: str) -> Iterator[None]:
    """Turns a spinner on a terminal, and lets Ctrl-C end the command at once.

    Args:
        what: is opened meanwhile.
    """
    with ending_at_once():
        if not sys.stderr.isatty():
            yield
            return
        # Only here: rich is not imported when nobody looks.
        from rich.console import Console

        # A copy of stderr, which is held back while Keras is imported.
        with os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8") as terminal:
            with Console(file=terminal).status(f"Opening {what}", spinner="dots"):
                yield
