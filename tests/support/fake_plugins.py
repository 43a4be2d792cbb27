"""Distributions that are only a module and an entry point, put on the path without `pip`."""

import json
import textwrap
from pathlib import Path


def write_plugin(folder: Path, name: str, source: str, *, version="1.0", module=None) -> Path:
    """Write distribution `name`, whose entry point is a module with `source`, into `folder`."""
    module = module or name.replace("-", "_")
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(f"[zoo]\n{module} = {module}\n")
    (folder / f"{module}.py").write_text("import zoo\n\n" + textwrap.dedent(source))
    return folder


def registers_cell(cell: str, target: str = "json:JSONDecoder", **about) -> str:
    """Return the source of a plugin that registers one cell."""
    return f"""
@zoo.hookimpl
def register_cells(register):
    register({cell!r}, {target!r}, **{json.dumps(about)})
"""
