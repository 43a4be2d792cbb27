"""The `zoo` command: names in, text out. Nothing here is needed by the library."""

from zoo.cli.app import main

__all__ = ["main"]
