"""The `zoo` command: names in, text out. Nothing here is needed by the library."""

import gc

from zoo.cli.interrupts import ending_with_130

__all__ = ["main"]

# Modules and traced graphs are a million objects that stay. Looked through as often as Python does
# by itself, they take a sixth of a short command's time.
_GARBAGE = (20_000, 10, 10)


def main() -> None:
    """Runs the `zoo` command, and exit: see `zoo.cli.app`."""
    gc.set_threshold(*_GARBAGE)
    with ending_with_130():
        from zoo.cli import app  # here, where Ctrl-C is no traceback any more

        app.main()
