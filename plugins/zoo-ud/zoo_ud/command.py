"""`zoo treebanks`: what is in the folder."""

import click

import zoo_ud
from zoo.errors import MissingFileError


@click.command("treebanks")
def command():
    """List the treebanks in the folder ZOO_UD: name, and sentences of each split."""
    found = zoo_ud.treebanks()
    if zoo_ud.folder() is None or not zoo_ud.folder().is_dir():
        raise MissingFileError("There are no treebanks: let ZOO_UD name the folder they are in.")
    for name, files in found.items():
        counts = [f"{split} {_sentences(path):,}" for split, path in files.items()]
        click.echo("\t".join([f"ud-folder/{name}", *counts]))


def _sentences(path) -> int:
    """Sentences of a CoNLL-U file: each has one word that is number 1."""
    with path.open(encoding="utf-8") as lines:
        return sum(line.startswith("1\t") for line in lines)
