"""Sentences of CMU ARCTIC by one speaker as a tfds data set: sound, text and times of phones."""

from __future__ import annotations

import re

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import archive_of
from zoo.data.hashed_splits import split_of
from zoo.data.recordings import recording_features

_FILE = "arctic/arctic.zip"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/somtts/voicebuilding_seminar_16/archive/20086752951f.zip",
        "b0549e51580cdf9a9cacc5a53dcc5b67bc6cc264c5bd7882d105721acd2833e3",
        newest_release=True,  # packed anew in the mirror, as Ogg Vorbis
        most_bytes=1 << 30,  # with voices built of it
    )
)

SPEAKER = "som"
_MEMBER = re.compile(r"(?:.*/)?(lab|text|txt|wav)/(arctic_[ab][0-9]{4})\.(?:lab|txt|ogg|wav)")
_FOLDERS = {"lab": "lab", "text": "txt", "txt": "txt", "wav": "wav"}


def read_sentences() -> dict[str, list[dict]]:
    """The sentences of each split, by their names.

    Returns:
        For "train", "validation" and "test" a list of `audio`, bytes as uint8 `[bytes]`, `text`,
        `name`, `speaker`, `phones` and `ends`, when each phone ends, in seconds.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    found: dict[str, list[dict]] = {"train": [], "validation": [], "test": []}
    with archive_of(path, "recorded sentences") as archive:
        members: dict[str, dict[str, str]] = {"lab": {}, "txt": {}, "wav": {}}
        for match in filter(None, map(_MEMBER.fullmatch, archive.namelist())):
            members[_FOLDERS[match[1]]].setdefault(match[2], match[0])
        for name in sorted(set(members["lab"]) & set(members["txt"]) & set(members["wav"])):
            phones, ends = phones_of(archive.read(members["lab"][name]).decode())
            found[split_of(name)].append(
                {
                    "audio": np.frombuffer(archive.read(members["wav"][name]), np.uint8),
                    "text": archive.read(members["txt"][name]).decode().strip(),
                    "name": name,
                    "speaker": SPEAKER,
                    "phones": phones,
                    "ends": np.array(ends, "float32"),
                }
            )
        if not all(found.values()):
            raise ValueError("it has too few sentences")
    return found


def phones_of(text: str) -> tuple[list[str], list[float]]:
    r"""The phones of a file of labels, and when each ends.

    Args:
        text: a header that a line `#` ends, and lines of an end in seconds, a number and a phone.

    Returns:
        Phones in SAMPA, "_" where nobody speaks, and their ends in seconds.

    Raises:
        ValueError: if it has no phone, or ends do not rise.

    Example:

    >>> phones_of("nfields 1\n#\n 0.25 26 _\n 0.5 26 EI\n")
    (['_', 'EI'], [0.25, 0.5])
    """
    header, _, lines = text.partition("\n#\n")
    rows = [line.split() for line in lines.splitlines() if line.strip()]
    if not rows or any(len(row) != 3 for row in rows):
        raise ValueError(f"labels with the header {header[:30]!r} have no phones")
    ends = [float(row[0]) for row in rows]
    if any(after <= before for before, after in zip([0.0, *ends], ends, strict=False)):
        raise ValueError("the times of phones do not rise")
    return [row[2] for row in rows], ends


with tfds.core.registered.skip_registration():

    class Arctic(tfds.core.GeneratorBasedBuilder):
        """892 sentences of CMU ARCTIC (Kominek and Black 2004), an hour of one British speaker.

        Splits `train`, `validation` and `test`, about 80, 10 and 10 percent, by a hash of the
        sentence's name. `audio` is the file, 16 kHz, as uint8 `[bytes]` (`zoo.inputs.Sound` takes
        it), `text` the sentence, `phones` what is said in SAMPA, "_" where nobody speaks, and
        `ends` when each phone ends, in seconds, aligned automatically.
        """

        name = "arctic"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Sentences read by one speaker, their text and the times of phones.",
                features=tfds.features.FeaturesDict(recording_features(has_phones=True)),
                supervised_keys=("audio", "text"),
                homepage="https://github.com/somtts/voicebuilding_seminar_16",
                citation="Kominek and Black 2004, The CMU ARCTIC speech databases",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            found = read_sentences()
            return {split: self._generate_examples(some) for split, some in found.items()}

        def _generate_examples(self, sentences):
            yield from enumerate(sentences)
