"""UT-Interaction as a tfds data set: six actions of two people, a fold for each sequence."""

from __future__ import annotations

import re

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import archive_of

_FILE = "ut_interaction/ut_interaction.zip"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://cvrc.ece.utexas.edu/SDHA2010/Human_Interaction.html",
        "fcb49eab1affb946f125b20ad7996bdb86c6ecebd1c5129bf569da0c090b066d",
        newest_release=True,  # in the mirror its segmented clips, smaller and packed anew
    )
)

LABELS = ("hand_shaking", "hugging", "kicking", "pointing", "punching", "pushing")
RATE = 15  # frames a second
SEQUENCES = {"set1": range(1, 11), "set2": range(11, 21)}
_MEMBER = re.compile(r".*/(set[12])/([0-9]+)_([0-9]+)_([0-5])\.mp4")


def folds() -> list[str]:
    """The names of all folds, "sequence01" to "sequence20"."""
    return [f"sequence{number:02}" for numbers in SEQUENCES.values() for number in numbers]


def splits_of(fold: str) -> dict[str, list[int]]:
    """The sequences of each split of a fold, all of its set.

    The fold's own sequence is the `test`, the one after it, or after the last the first, is the
    `validation`, and the other eight are `train`.
    """
    own = int(fold[-2:])
    numbers = next([*some] for some in SEQUENCES.values() if own in some)
    after = numbers[(numbers.index(own) + 1) % len(numbers)]
    rest = [number for number in numbers if number not in (own, after)]
    return {"train": rest, "validation": [after], "test": [own]}


def read_actions() -> list[tuple[int, dict]]:
    """All clips, by sequence and place: the sequence's number, and `clip`, `label`, `sequence`.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    found = []
    with archive_of(sources.fetch(_FILE), "actions") as archive:
        matches = [match for match in map(_MEMBER.fullmatch, archive.namelist()) if match]
        for match in sorted(matches, key=lambda match: (int(match[3]), int(match[2]))):
            clip = np.frombuffer(archive.read(match[0]), np.uint8)
            label = LABELS[int(match[4])]
            found.append((int(match[3]), {"clip": clip, "label": label, "sequence": match[3]}))
        if {number for number, _ in found} != {int(fold[-2:]) for fold in folds()}:
            raise ValueError("it has not all sequences")
    return found


with tfds.core.registered.skip_registration():

    class UTInteraction(tfds.core.GeneratorBasedBuilder):
        """120 clips of two people, of six actions (Ryoo and Aggarwal 2009), 15 frames a second.

        Configs `sequence01` to `sequence20`, each called after the sequence that is left to `test`;
        the others of its set (1 to 10, 11 to 20) train, one of them is the `validation`. The custom
        is the mean of all folds of a set. `clip` is the file, mp4 of 128 x 128 pixels, as uint8
        `[bytes]` (`zoo.inputs.Clips` takes it), `label` the action, `sequence` the number.
        """

        name = "ut_interaction"
        VERSION = tfds.core.Version("1.0.0")
        BUILDER_CONFIGS = [
            tfds.core.BuilderConfig(name=fold, description=f"{fold} is tested on.")
            for fold in folds()
        ]

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Six actions of two people.",
                features=tfds.features.FeaturesDict(
                    {
                        "clip": tfds.features.Tensor(shape=(None,), dtype=np.uint8),
                        "label": tfds.features.ClassLabel(names=list(LABELS)),
                        "sequence": tfds.features.Text(),
                    }
                ),
                homepage="https://cvrc.ece.utexas.edu/SDHA2010/Human_Interaction.html",
                citation="Ryoo and Aggarwal 2009, Spatio-temporal relationship match",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            clips = read_actions()
            return {
                split: self._generate_examples([one for n, one in clips if n in numbers])
                for split, numbers in splits_of(self.builder_config.name).items()
            }

        def _generate_examples(self, clips):
            yield from enumerate(clips)
