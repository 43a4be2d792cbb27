"""`zoo new-plugin`: a plugin to begin with, complete and passing its own tests."""

from __future__ import annotations

import re
import string
from pathlib import Path

import click

import zoo
from zoo import catalogue, files
from zoo.errors import ConfigError
from zoo.version import __version__

_TEMPLATES = Path(zoo.__file__).parent / "templates"
_FILES = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "init.py.txt": "zoo_$module/__init__.py",
    "cell.py.txt": "zoo_$module/cell.py",
    "test_cell.py.txt": "tests/test_$module.py",
}


@click.command("new-plugin")
@click.argument("kind", type=click.Choice(["cell"]))
@click.argument("name")
@click.option(
    "--folder",
    default=".",
    type=click.Path(path_type=Path),
    help="Where the plugin's folder is made; not given: here.",
)
def command(kind: str, name: str, folder: Path) -> None:
    """Write a plugin: a distribution zoo-NAME with a cell, registered and tested.

    NAME is in lower-case letters, digits and single hyphens, such as `my-cell`.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise ConfigError(
            f"{name!r} cannot name a cell: take lower-case letters, digits and single hyphens, "
            "and begin with a letter."
        )
    if name in catalogue.REGISTRIES[kind]:
        owners = " and ".join(catalogue.REGISTRIES[kind].owners(name))
        raise ConfigError(
            f"There is a {kind} {name!r} of {owners}, and with two of one name neither could be "
            "used: take another name."
        )
    files.require_folder(folder)
    plugin = folder / f"zoo-{name}"
    if plugin.exists():
        raise ConfigError(f"{plugin} is there already: take another name or folder.")
    values = {
        "name": name,
        "module": name.replace("-", "_"),
        "class_name": "".join(part.capitalize() for part in name.split("-")) + "Cell",
        "version": __version__,
    }
    with files.new_folder(plugin) as part:
        for template, name_template in _FILES.items():
            text = (_TEMPLATES / kind / template).read_text(encoding="utf-8")
            path = part / string.Template(name_template).substitute(values)
            path.parent.mkdir(exist_ok=True)
            path.write_text(string.Template(text).substitute(values), encoding="utf-8")
    # With the dot, or pip would look for a distribution of this name elsewhere.
    target = f"{plugin}" if plugin.is_absolute() else f"./{plugin}"
    click.echo(f"Next: pip install {target}, then pytest {target}/tests")
