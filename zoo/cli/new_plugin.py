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
# Kind -> what is registered, the end of the class's name, and how it is used once it is installed.
_KINDS = {
    "cell": ("cell", "Cell", '`zoo.build("nmt", cell="{}")` trains with it'),
    "attention": ("attention", "Attention", '`zoo.build("nmt", attention="{}")` trains with it'),
    "search": ("search", "Search", "`zoo translate ... --search {}` searches with it"),
    "dataset": ("dataset", "", '`zoo.data.read_labelled("{}", "train")` reads it'),
    "task": ("task", "", '`zoo.build("{}")` builds an untrained model'),
    # What a model reads is part of a task: the same files.
    "input": ("task", "", '`zoo.build("{}")` builds an untrained model'),
}


@click.command("new-plugin")
@click.argument("kind", type=click.Choice(list(_KINDS)))
@click.argument("name")
@click.option(
    "--folder",
    default=".",
    type=click.Path(path_type=Path),
    help="Where the plugin's folder is made; not given: here.",
)
def command(kind: str, name: str, folder: Path) -> None:
    """Write a plugin: a distribution zoo-NAME with a KIND of thing, registered and tested.

    NAME is in lower-case letters, digits and single hyphens, such as `my-cell`. An input comes with
    a task that reads it.
    """
    kind, ending, use = _KINDS[kind]
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise ConfigError(
            f"{name!r} cannot name a {kind}: take lower-case letters, digits and single hyphens, "
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
        "class_name": "".join(part.capitalize() for part in name.split("-")) + ending,
        "version": __version__,
        "kind": kind,
        "use": use.format(name),
    }
    with files.new_folder(plugin) as part:
        for source in ("common", kind):
            for template in sorted((_TEMPLATES / source).glob("*.txt")):
                path = part / _place_of(template.stem, values["module"])
                path.parent.mkdir(exist_ok=True)
                text = template.read_text(encoding="utf-8")
                path.write_text(string.Template(text).substitute(values), encoding="utf-8")
    # With the dot, or pip would look for a distribution of this name elsewhere.
    target = f"{plugin}" if plugin.is_absolute() else f"./{plugin}"
    click.echo(f"Next: pip install {target}, then pytest {target}/tests")


def _place_of(file: str, module: str) -> str:
    """Where a file of a template goes."""
    if not file.endswith(".py"):
        return file
    places = {"init.py": f"zoo_{module}/__init__.py", "test.py": f"tests/test_{module}.py"}
    return places.get(file, f"zoo_{module}/{file}")
