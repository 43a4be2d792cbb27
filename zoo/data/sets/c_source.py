"""The source code of Redis in C as a tfds data set, for language models of characters."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from pathlib import Path, PurePosixPath

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.sets.running_builder import RunningBuilder
from zoo.errors import DamagedFileError

_FILE = "c_source/redis_7.2.6_src.txt.gz"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/redis/redis/archive/refs/tags/7.2.6.tar.gz",
        "1000189e1c52290fa40c1f41a0231ae5fbc8ebb8b9d6a1a3a43e16a29fb27dcc",
        newest_release=True,  # the mirror has the files of src alone, one after the other
    )
)
# Where splits end, in parts of the characters; each goes on to the end of its line.
_ENDS = (0.9, 0.95, 1.0)


def read_splits() -> dict[str, str]:
    """The text of each split: "train" the first 90 %, "validation" and "test" 5 % each.

    Raises:
        DamagedFileError: if the file holds no such code.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    try:
        text = _source_of(path).decode("utf-8")
        if not text:
            raise ValueError("it has no C code")
    except (OSError, EOFError, ValueError, tarfile.TarError, zlib.error) as error:
        raise DamagedFileError(
            f"{path} is no source of Redis ({' '.join(str(error).split())}): get the file again."
        ) from error
    places = [0]
    for end in _ENDS:
        line_end = text.find("\n", int(len(text) * end) - 1)
        places.append(line_end + 1 if line_end >= 0 else len(text))
    names = ("train", "validation", "test")
    return {name: text[places[i] : places[i + 1]] for i, name in enumerate(names)}


def _source_of(path: Path) -> bytes:
    """The files of code one after the other: packed so, or out of the archive of a release."""
    if not tarfile.is_tarfile(path):
        with gzip.open(path) as file:
            return file.read()
    with tarfile.open(path) as archive:
        files = {
            PurePosixPath(one.name).name: archive.extractfile(one)
            for one in archive
            if one.isfile() and _is_code(PurePosixPath(one.name))
        }
        return b"".join(file.read() for _, file in sorted(files.items()) if file)


def _is_code(path: PurePosixPath) -> bool:
    return len(path.parts) == 3 and path.parts[1] == "src" and path.suffix in (".c", ".h")


with tfds.core.registered.skip_registration():

    class CSource(RunningBuilder):
        """The C files of Redis 7.2.6, six million characters.

        Splits `train`, `validation` and `test`, one after the other in the order of the files'
        names, each one example with its `text`.
        """

        name = "c_source"
        DESCRIPTION = "The C files of Redis 7.2.6."
        HOMEPAGE = "https://github.com/redis/redis"
        CITATION = "Redis contributors 2024, BSD 3-clause licence"

        def texts(self):
            return {split: [text] for split, text in read_splits().items()}
