"""AN4 as a tfds data set: words spelled and spoken, as frames of cepstral coefficients."""

from __future__ import annotations

import re

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import archive_of
from zoo.data.hashed_splits import split_of
from zoo.data.recordings import recording_features

_FILE = "an4/an4.zip"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/cphazen/Machine-Learning-Project-ASR/archive/5e478f0ee6c5.zip",
        "b04003d8e0b649a5eb38d13b11a24754d0c0acc54ff0e4b33f97c191e2998dbc",
        newest_release=True,  # packed anew in the mirror
    )
)

COEFFICIENTS = 13
_MEMBER = re.compile(r"(?:.*/)?an4/(etc/an4_\w+\.(?:fileids|transcription)|feat/.+\.mfc)")
_LINE = re.compile(r"(.*?)\s*\(([^()]+)\)")
_MARKS = re.compile(r"</?s>|<sil>")


def read_utterances() -> dict[str, list[dict]]:
    """The utterances of each split, by lists of the archive.

    Returns:
        For "train", "validation" and "test" a list of `series` float32 `[frames, 13]`, `text`,
        `name` and `speaker`.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    found: dict[str, list[dict]] = {"train": [], "validation": [], "test": []}
    with archive_of(path, "AN4") as archive:
        matches = {name: _MEMBER.fullmatch(name) for name in archive.namelist()}
        members = {match[1]: name for name, match in matches.items() if match}
        for part in ("train", "test"):
            places = archive.read(members[f"etc/an4_{part}.fileids"]).decode().split()
            lines = archive.read(members[f"etc/an4_{part}.transcription"]).decode()
            texts = dict(_name_and_text(line) for line in lines.splitlines() if line.strip())
            for place in places:
                *_, speaker, name = place.split("/")
                is_held_out = part == "train" and split_of(speaker) == "validation"
                found["validation" if is_held_out else part].append(
                    {
                        "series": frames_of(archive.read(members[f"feat/{place}.mfc"])),
                        "text": texts[name],
                        "name": name,
                        "speaker": speaker,
                    }
                )
        if not all(found.values()):
            raise ValueError("it has too few utterances")
    return found


def _name_and_text(line: str) -> tuple[str, str]:
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise ValueError(f"a transcription is {line[:50]!r}")
    return match[2], " ".join(_MARKS.sub(" ", match[1]).split())


def frames_of(content: bytes) -> np.ndarray:
    """The frames of a file of Sphinx: how many numbers it has, int32, and these, float32.

    Args:
        content: of the file, big-endian.

    Returns:
        float32 `[frames, 13]`.

    Raises:
        ValueError: if it has another number of them than it says.
    """
    (count,) = np.frombuffer(content[:4], ">i4") if len(content) >= 4 else (-1,)
    if count * 4 + 4 != len(content) or count % COEFFICIENTS:
        raise ValueError(f"a file of {len(content)} bytes says that it has {count} numbers")
    return np.frombuffer(content, ">f4", offset=4).astype("float32").reshape(-1, COEFFICIENTS)


with tfds.core.registered.skip_registration():

    class AN4(tfds.core.GeneratorBasedBuilder):
        """Names, addresses and numbers, spelled and spoken by 84 people (Acero 1993).

        948 utterances to train on, of which those of some speakers, by a hash of who speaks, are
        `validation`, and 130 others of other speakers to test. `series` is float32 `[frames, 13]`:
        mel-frequency cepstral coefficients, 100 frames a second, of 40 filters from 130 to 6800 Hz
        over sound of 16 kHz, which itself is not there. `text` has words in capitals, a letter that
        is spelled being one.
        """

        name = "an4"
        VERSION = tfds.core.Version("1.0.0")
        columns = tuple(f"c{number}" for number in range(COEFFICIENTS))

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Words spelled and spoken: 13 MFCC every 10 ms, and what is said.",
                features=tfds.features.FeaturesDict(recording_features(COEFFICIENTS)),
                supervised_keys=("series", "text"),
                homepage="http://www.speech.cs.cmu.edu/databases/an4/",
                citation="Acero 1993, Acoustical and environmental robustness in automatic speech "
                "recognition",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            found = read_utterances()
            return {split: self._generate_examples(some) for split, some in found.items()}

        def _generate_examples(self, utterances):
            yield from enumerate(utterances)
