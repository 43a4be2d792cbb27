"""Running a recipe in a process of its own, on the files of the tiny mirror."""

from __future__ import annotations

from pathlib import Path

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


def require_cell(cell: str) -> None:
    """Skips a test where the plugin that has a cell is not installed."""
    if cell not in zoo.list_cells():
        pytest.skip(f"the plugin with the cell {cell} is not installed: pip install ./plugins/...")
