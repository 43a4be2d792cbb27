"""The `zoo` command: names in, text out. Nothing here is needed by the library."""

from zoo.cli.interrupts import ending_with_130

__all__ = ["main"]


def main() -> None:
    """Runs the `zoo` command, and exit: see `zoo.cli.app`."""
    with ending_with_130():
        from zoo.cli import app  # here, where Ctrl-C is no traceback any more

        app.main()
