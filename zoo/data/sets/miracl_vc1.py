"""MIRACL-VC1 as a tfds data set: lips that say words and phrases, of speakers apart."""

from __future__ import annotations

import io
import re

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import archive_of

_FILE = "miracl_vc1/miracl_vc1.zip"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://sites.google.com/site/achrafbenhamadou/-datasets/miracl-vc1",
        "549c6675c7880097bb4b2b5e93d62fda2d87384a91350464e229d3719142f681",
        newest_release=True,  # in the mirror mouths cut out of its frames, packed anew
    )
)

WORDS = (
    *("begin", "choose", "connection", "navigation", "next"),
    *("previous", "start", "stop", "hello", "web"),
)
PHRASES = (
    *("stop navigation", "excuse me", "I am sorry", "thank you", "good bye"),
    *("I love this game", "nice to meet you", "you are welcome", "how are you"),
    "have a good time",
)
KINDS = {"words": WORDS, "phrases": PHRASES}
LABELS = WORDS + PHRASES

TEST, VALIDATION = ("M04", "M07", "M08"), ("F07", "M02")  # speakers; the other ten train
HEIGHT, WIDTH = 32, 64
_MEMBER = re.compile(r".*/([FM][0-9]{2})/(words|phrases)/([0-9]{2})/([0-9]{2})\.jpg")


def split_of(speaker: str) -> str:
    """The split of a speaker, who is in no other."""
    return "test" if speaker in TEST else "validation" if speaker in VALIDATION else "train"


def read_clips() -> dict[str, list[dict]]:
    """The clips of each split, by speaker, kind, label and number.

    Returns:
        For "train", "validation" and "test" a list of `clip`, uint8 `[time, 32, 64, 1]`, `label`,
        `speaker` and `kind`, "words" or "phrases".

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    found: dict[str, list[dict]] = {"train": [], "validation": [], "test": []}
    with archive_of(sources.fetch(_FILE), "lips") as archive:
        matches = [match for match in map(_MEMBER.fullmatch, sorted(archive.namelist())) if match]
        for match in matches:
            speaker, kind, number, _ = match.groups()
            found[split_of(speaker)].append(
                {
                    "clip": _frames(archive.read(match[0])),
                    "label": KINDS[kind][int(number)],
                    "speaker": speaker,
                    "kind": kind,
                }
            )
        if not all(found.values()):
            raise ValueError("it has too few clips")
    return found


def _frames(content: bytes) -> np.ndarray:
    """The frames of a film strip, one under another."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        strip = np.asarray(image.convert("L"))
    if strip.shape[1] != WIDTH or strip.shape[0] % HEIGHT or not len(strip):
        raise ValueError(f"a film strip is {list(strip.shape)}")
    return strip.reshape(-1, HEIGHT, WIDTH, 1)


with tfds.core.registered.skip_registration():

    class MiraclVC1(tfds.core.GeneratorBasedBuilder):
        """3,000 clips of lips: 15 speakers say 10 words and 10 phrases, 10 times each.

        Rekik et al. 2014. `test` has the clips of the speakers M04, M07 and M08, `validation` those
        of F07 and M02, `train` those of the other ten. An example is a `clip`, uint8 `[time, 32,
        64, 1]`, about 10 frames at 15 a second, its `label`, such as "hello", the `speaker`, and
        the `kind` of what is said, "words" or "phrases".
        """

        name = "miracl_vc1"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            text = tfds.features.Text()
            clip = tfds.features.Tensor(shape=(None, HEIGHT, WIDTH, 1), dtype=np.uint8)
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Lips that say words and phrases.",
                features=tfds.features.FeaturesDict(
                    {
                        "clip": clip,
                        "label": tfds.features.ClassLabel(names=list(LABELS)),
                        "speaker": text,
                        "kind": text,
                    }
                ),
                homepage="https://sites.google.com/site/achrafbenhamadou/-datasets/miracl-vc1",
                citation="Rekik et al. 2014, A new visual speech recognition approach for RGB-D "
                "cameras",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            found = read_clips()
            return {split: self._generate_examples(some) for split, some in found.items()}

        def _generate_examples(self, clips):
            yield from enumerate(clips)
