"""Running a recipe on the files of the tiny mirror: in this process, or in one of its own."""

from __future__ import annotations

import contextlib
import io
import runpy
import sys
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest

import zoo

ROOT = Path(__file__).parents[2]

# A new process takes the files of the tiny mirror for the real ones, as the fixture does in this
# one.
START = """
import hashlib, os, pathlib, runpy, sys
from zoo.data import sources
mirror = pathlib.Path(os.environ["ZOO_DATA_MIRROR"])
sources.FILES = {
    str(path.relative_to(mirror)): sources.SourceFile(
        str(path.relative_to(mirror)), "", hashlib.sha256(path.read_bytes()).hexdigest()
    )
    for path in mirror.rglob("*") if path.is_file()
}
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Printed(NamedTuple):
    """What a recipe wrote."""

    stdout: str
    stderr: str


def run_recipe(name: str, *arguments: object) -> Printed:
    """Runs `recipes/<name>.py` as its command line does, but in this process, which saves seconds.

    What a user did wrong is raised as it was before it became a sentence. That a killed run goes on
    in a new process is the matter of one test, that of the translation recipe; all recipes keep
    their runs with the same class.
    """
    recipe = str(ROOT / f"recipes/{name}.py")
    argv = [recipe, *(str(argument) for argument in arguments)]
    stdout, stderr = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", argv),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
    ):
        try:
            runpy.run_path(recipe, run_name="__main__")
        except SystemExit as end:  # after the sentence, for what a user did wrong
            raise (end.__cause__ or end) from None
    return Printed(stdout.getvalue(), stderr.getvalue())


def require_cell(cell: str) -> None:
    """Skips a test where the plugin that has a cell is not installed."""
    if cell not in zoo.list_cells():
        pytest.skip(f"the plugin with the cell {cell} is not installed: pip install ./plugins/...")
