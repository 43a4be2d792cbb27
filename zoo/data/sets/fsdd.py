"""The Free Spoken Digit Dataset as a tfds data set: files of sound, and the digit in each."""

from __future__ import annotations

import re

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import archive_of
from zoo.data.recordings import recording_features

_FILE = "fsdd/fsdd.zip"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/26eb9aaf76e8.zip",
        "4bfb25f70183441b45b1a8f9c4f210168443e08c3e11d9a305a31979d2f4e08f",
        newest_release=True,  # packed anew in the mirror, as FLAC
    )
)

RATE = 8000  # samples a second
_MEMBER = re.compile(r".*/recordings/(([0-9])_([a-z]+)_([0-9]+))\.(?:wav|flac)")
_TEST, _VALIDATION = 5, 10  # recordings below 5 are the test, and those below 10 the validation


def split_of(number: int) -> str:
    """The split of a recording by its number, which counts those of one speaker and digit."""
    return "test" if number < _TEST else "validation" if number < _VALIDATION else "train"


def read_digits() -> dict[str, list[dict]]:
    """The recordings of each split, by speaker, digit and number.

    Returns:
        For "train", "validation" and "test" a list of `audio`, bytes as uint8 `[bytes]`, `text`,
        `name` and `speaker`.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    found: dict[str, list[dict]] = {"train": [], "validation": [], "test": []}
    with archive_of(path, "spoken digits") as archive:
        matches = [match for match in map(_MEMBER.fullmatch, archive.namelist()) if match]
        for match in sorted(matches, key=lambda match: (match[3], match[2], int(match[4]))):
            content = np.frombuffer(archive.read(match[0]), np.uint8)
            found[split_of(int(match[4]))].append(
                {"audio": content, "text": match[2], "name": match[1], "speaker": match[3]}
            )
        if not all(found.values()):
            raise ValueError("it has too few recordings")
    return found


with tfds.core.registered.skip_registration():

    class FSDD(tfds.core.GeneratorBasedBuilder):
        """3,000 recordings of single digits by six speakers, 8 kHz (Jackson et al. 2018).

        Of each speaker and digit the recordings 0 to 4 are the `test`, as the data set's own page
        says, 5 to 9 `validation` and 10 to 49 `train`. `audio` is the file as uint8 `[bytes]`
        (`zoo.inputs.Sound` takes it), `text` the digit, such as "7".
        """

        name = "fsdd"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Spoken digits, with little silence before and after.",
                features=tfds.features.FeaturesDict(recording_features()),
                supervised_keys=("audio", "text"),
                homepage="https://github.com/Jakobovski/free-spoken-digit-dataset",
                citation="Jackson et al. 2018, doi:10.5281/zenodo.1342401",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            found = read_digits()
            return {split: self._generate_examples(some) for split, some in found.items()}

        def _generate_examples(self, digits):
            yield from enumerate(digits)
