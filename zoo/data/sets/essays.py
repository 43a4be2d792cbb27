"""218 essays as a tfds data set, for language models of characters."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.hashed_splits import split_of
from zoo.data.sets.running_builder import RunningBuilder
from zoo.errors import DamagedFileError

_FILE = "essays/paul_graham.tar.xz"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/sgoel97/essay-datasets/archive/c940c482573d.zip",
        "6235e9986678ba4f5aec8ef8d6622dc19cf0531b2fc054f26df637556c8b78cb",
        newest_release=True,  # packed anew in the mirror
    )
)
_FOLDERS = ("essays", "text_data")  # in a mirror, in the archive of the URL
_BETWEEN = "\n\n\n"  # what stands between two essays


def read_splits() -> dict[str, str]:
    """The text of each split: its essays one after the other, in the order of their numbers.

    Returns:
        "train", "validation" and "test", to which an essay belongs by a hash of its number.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    try:
        essays = _members(path)
        found: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
        for number in sorted(essays):
            found[split_of(f"{number}.txt")].append(essays[number].decode("utf-8").strip())
        if not all(found.values()):
            raise ValueError("it has too few essays")
    except (OSError, EOFError, ValueError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise DamagedFileError(
            f"{path} is no archive of essays ({' '.join(str(error).split())}): get the file again."
        ) from error
    return {split: "".join(text + _BETWEEN for text in texts) for split, texts in found.items()}


def _members(path: Path) -> dict[int, bytes]:
    """The essays of an archive, zip or tar, by their numbers."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            return {_number(name): archive.read(name) for name in names if _number(name) >= 0}
    with tarfile.open(path) as packed:
        found = {_number(one.name): packed.extractfile(one) for one in packed if one.isfile()}
        return {number: file.read() for number, file in found.items() if file and number >= 0}


def _number(name: str) -> int:
    """The number of an essay, -1 of what is none."""
    place = PurePosixPath(name)
    is_essay = place.parent.name in _FOLDERS and place.suffix == ".txt" and place.stem.isdecimal()
    return int(place.stem) if is_essay else -1


with tfds.core.registered.skip_registration():

    class Essays(RunningBuilder):
        """Essays on start-ups, programming and writing, three million characters.

        Splits `train`, `validation` and `test`, whole essays in each, and each split one example
        with its `text`.
        """

        name = "essays"
        DESCRIPTION = "Essays on start-ups, programming and writing."
        HOMEPAGE = "https://github.com/sgoel97/essay-datasets"
        CITATION = "Paul Graham, essays"

        def texts(self):
            return {split: [text] for split, text in read_splits().items()}
