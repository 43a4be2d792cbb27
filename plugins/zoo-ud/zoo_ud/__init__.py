"""Registers what is in the folder or release `ZOO_UD`: treebanks, models, a command to list them.

Imports neither TensorFlow nor Keras: names are looked up without them.
"""

import json
import os
from pathlib import Path

import zoo
from zoo import files


def folder() -> Path | None:
    """The folder that `ZOO_UD` names, or that of a release that it names; None without it."""
    path = Path(os.environ.get("ZOO_UD") or "").expanduser()
    if path.is_file():
        return files.home() / "ud-releases" / path.name
    return path if os.environ.get("ZOO_UD") else None


def treebanks() -> dict[str, dict[str, Path]]:
    """Treebank -> split -> file, for all `CODE-ud-SPLIT.conllu` in the folder and below.

    Of a release, `ud-treebanks-v2.17.tgz`, the treebanks are unpacked first, once.
    """
    release = Path(os.environ.get("ZOO_UD") or "").expanduser()
    if release.is_file() and not folder().is_dir():
        from zoo_ud.release import unpack

        unpack(release, folder())
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(folder().rglob("*-ud-*.conllu")) if folder() else []:
        name, _, split = path.stem.partition("-ud-")
        found.setdefault(name, {})["validation" if split == "dev" else split] = path
    return found


@zoo.hookimpl
def register_datasets(register):
    """Registers the treebanks, each a config such as `ud-folder/de_gsd`."""
    register(
        "ud-folder",
        "zoo_ud.dataset:FolderTreebanks",
        summary="Universal Dependencies treebanks in the folder ZOO_UD",
        paper="Nivre et al. 2020, arXiv:2004.10643",
    )


@zoo.hookimpl
def register_models(register):
    """Registers the models that `models.json` in the folder lists."""
    index = folder() / "models.json" if folder() else None
    if index and index.exists():
        for model in json.loads(index.read_text(encoding="utf-8")):
            register(model.pop("name"), **model)


@zoo.hookimpl
def resolve_artifact(ref, about):
    """Returns the file of a model, if it is in the folder; the zoo checks its SHA-256."""
    path = folder() / about["file"] if folder() else None
    return path if path and path.is_file() else None


@zoo.hookimpl
def register_commands(cli):
    """Adds `zoo treebanks`."""
    from zoo_ud.command import command

    cli.add_command(command)
