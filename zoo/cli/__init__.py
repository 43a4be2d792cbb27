"""The `zoo` command: names in, text out. Nothing here is needed by the library."""

import atexit
import gc
import os
import sys

from zoo.cli.interrupts import ending_with_130

__all__ = ["main", "run"]

# Modules and traced graphs are a million objects that stay. Looked through as often as Python does
# by itself where `zoo.garbage` does not hold it, they take a tenth of a short command's time.
_GARBAGE = (20_000, 10, 10)
_UNFLUSHED = 120  # what Python exits with where its last output cannot be written


def main() -> None:
    """Runs the `zoo` command, and exit: see `zoo.cli.app`."""
    gc.set_threshold(*_GARBAGE)
    with ending_with_130():
        from zoo.cli import app  # here, where Ctrl-C is no traceback any more

        app.main()


def run() -> None:
    """Runs the `zoo` command as a process of its own, which ends at once when all is done.

    Python would first take those objects apart one by one, for a second after the answer. What has
    to happen at an exit does: threads end, exit functions are called, output is flushed.
    """
    code = 1  # of an error that nobody caught

    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed: what is printed goes nowhere
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))

    def end() -> None:
        try:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
        except (OSError, ValueError):
            os._exit(_UNFLUSHED)
        os._exit(code)

    atexit.register(end)  # the first that is registered is the last that is called
    try:
        main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        raise
