"""MSR-Action3D as a tfds data set: one person, one of twenty actions, twenty joints a frame."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import tensorflow_datasets as tfds

from zoo.data.sets.skeleton_files import skeleton_texts
from zoo.errors import DamagedFileError
from zoo.inputs.skeletons import JOINTS, joints_of_table

ACTIONS = (
    *("high arm wave", "horizontal arm wave", "hammer", "hand catch", "forward punch"),
    *("high throw", "draw x", "draw tick", "draw circle", "hand clap", "two hand wave"),
    *("side-boxing", "bend", "forward kick", "side kick", "jogging", "tennis swing"),
    *("tennis serve", "golf swing", "pickup and throw"),
)
# Of Li et al. 2010, table 1; numbers of actions from 1.
ACTION_SETS = {
    "AS1": (2, 3, 5, 6, 10, 13, 18, 20),
    "AS2": (1, 4, 7, 8, 9, 11, 12, 14),
    "AS3": (6, 14, 15, 16, 17, 18, 19, 20),
}
SUBJECTS = {"train": (1, 3, 5, 7), "validation": (9,), "test": (2, 4, 6, 8, 10)}
_SEQUENCE = re.compile(r"(a(\d\d)_s(\d\d)_e\d\d)_skeleton3D\.txt")
_LIST = "files_used_in_cvpr12_paper.txt"


def read_sequences() -> Iterator[dict]:
    """The 567 sequences, in the order of their names, as examples of the data set.

    Frames in which the sensor had lost the person, all zeros, are left out.

    Raises:
        DamagedFileError: if a file of the archive is no sequence, or some are missing.
        MissingFileError, OfflineError: as `zoo.data.sources.fetch` does.
    """
    texts = skeleton_texts("MSRAction3D/real_world_coordinates")
    usual = set(re.findall(r"a\d\d_s\d\d_e\d\d", texts.get(_LIST, "")))
    matches = [match for match in map(_SEQUENCE.fullmatch, sorted(texts)) if match]
    if not usual or not matches:
        raise DamagedFileError("The archive of skeletons has no MSR-Action3D: get it again.")
    for match in matches:
        try:
            rows = np.array([line.split() for line in texts[match[0]].splitlines()], "float32")
            joints = joints_of_table(rows, match[0])
        except ValueError as error:
            raise DamagedFileError(f"{match[0]} is no sequence of joints ({error}).") from error
        seen = np.abs(joints).sum(axis=(1, 2)) > 0
        yield {
            "skeleton": joints[seen],
            "label": ACTIONS[int(match[2]) - 1],
            "subject": int(match[3]),
            "recording": match[1],
            "is_usual": match[1] in usual,
        }


with tfds.core.registered.skip_registration():

    class MSRAction3D(tfds.core.GeneratorBasedBuilder):
        """567 sequences of 20 joints, 15 frames a second, of ten people and twenty actions.

        As in most papers the test split has the subjects with even numbers (Wang et al. 2012);
        `train` has subjects 1, 3, 5 and 7, `validation` subject 9. `is_usual` says of 557 that
        these papers use them; in the others there is no skeleton, or hardly one.
        """

        name = "msr_action3d"
        VERSION = tfds.core.Version("1.0.0")
        label_sets = {
            name: tuple(ACTIONS[number - 1] for number in numbers)
            for name, numbers in ACTION_SETS.items()
        }

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Skeletons of people who do one of twenty actions.",
                features=tfds.features.FeaturesDict(
                    {
                        "skeleton": tfds.features.Tensor(
                            shape=(None, len(JOINTS), 3), dtype=np.float32
                        ),
                        "label": tfds.features.Text(),
                        "subject": tfds.features.Scalar(np.int64),
                        "recording": tfds.features.Text(),
                        "is_usual": tfds.features.Scalar(np.bool_),
                    }
                ),
                homepage="https://wangjiangb.github.io/my_data.html",
                citation="Li, Zhang and Liu 2010; Wang et al. 2012",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            found = list(read_sequences())
            return {
                split: self._generate_examples([one for one in found if one["subject"] in subjects])
                for split, subjects in SUBJECTS.items()
            }

        def _generate_examples(self, examples):
            yield from enumerate(examples)
