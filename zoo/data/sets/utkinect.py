"""UTKinect as a tfds data set: untrimmed recordings of skeletons, a label for each frame."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import tensorflow_datasets as tfds

from zoo.data.sets.skeleton_files import skeleton_texts
from zoo.errors import DamagedFileError
from zoo.inputs.skeletons import JOINTS, joints_of_table

NOTHING = "nothing"
ACTIONS = {
    "walk": "walk",
    "sitDown": "sit down",
    "standUp": "stand up",
    "pickUp": "pick up",
    "carry": "carry",
    "throw": "throw",
    "push": "push",
    "pull": "pull",
    "waveHands": "wave hands",
    "clapHands": "clap hands",
}
LABELS = (NOTHING, *ACTIONS.values())
SUBJECTS = tuple(range(1, 11))
_RECORDING = re.compile(r"joints_(s(\d\d)_e\d\d)\.txt")
_TIMES = re.compile(r"(\w+): *(\d+) +(\d+)")
# Without the slips of the pen in the first list (Vemulapalli et al. 2014).
_LIST = "actionLabel_modified.txt"


def read_untrimmed() -> Iterator[dict]:
    """The 20 recordings, in the order of their names, as examples of the data set.

    Rows that have the number of the row before are left out, as they repeat it.

    Raises:
        DamagedFileError: if a file of the archive is no recording, or some are missing.
        MissingFileError, OfflineError: as `zoo.data.sources.fetch` does.
    """
    texts = skeleton_texts("UTKinect/joints")
    times: dict[str, list[tuple[str, int, int]]] = {}
    for line in texts.get(_LIST, "").splitlines():
        if re.fullmatch(r"s\d\d_e\d\d", line.strip()):
            times[line.strip()] = []
        elif match := _TIMES.match(line.strip()):  # one action has no times, and was not done
            list(times.values())[-1].append((ACTIONS[match[1]], int(match[2]), int(match[3])))
    matches = [match for match in map(_RECORDING.fullmatch, sorted(texts)) if match]
    if not matches or any(match[1] not in times for match in matches):
        raise DamagedFileError("The archive of skeletons has not all of UTKinect: get it again.")
    for match in matches:
        try:
            rows = np.array([line.split() for line in texts[match[0]].splitlines()], "float32")
            joints = joints_of_table(rows, match[0])
        except ValueError as error:
            raise DamagedFileError(f"{match[0]} is no recording of joints ({error}).") from error
        numbers = rows[:, 0].astype("int64")
        is_new = np.diff(numbers, prepend=-1) > 0
        labels = np.full(len(rows), NOTHING, object)
        for action, begin, end in times[match[1]]:
            labels[(begin <= numbers) & (numbers <= end)] = action
        yield {
            "skeleton": joints[is_new],
            "labels": labels[is_new].tolist(),
            "subject": int(match[2]),
            "recording": match[1],
        }


with tfds.core.registered.skip_registration():

    class UTKinect(tfds.core.GeneratorBasedBuilder):
        """20 recordings of 20 joints, 15 frames a second, of ten people who do ten actions each.

        Configs `s01` to `s10`, each called after the person whose two recordings are left to
        `test`; `validation` has those of the next one, `train` all others. Each frame has a label:
        of an action, or "nothing" between them, in 6 of 10 frames.
        """

        name = "utkinect"
        background = NOTHING
        VERSION = tfds.core.Version("1.0.0")
        BUILDER_CONFIGS = [
            tfds.core.BuilderConfig(name=f"s{one:02}", description=f"Subject {one} is tested on.")
            for one in SUBJECTS
        ]

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Skeletons of people who do ten actions, one after the other.",
                features=tfds.features.FeaturesDict(
                    {
                        "skeleton": tfds.features.Tensor(
                            shape=(None, len(JOINTS), 3), dtype=np.float32
                        ),
                        "labels": tfds.features.Sequence(tfds.features.Text()),
                        "subject": tfds.features.Scalar(np.int64),
                        "recording": tfds.features.Text(),
                    }
                ),
                homepage="https://cvrc.ece.utexas.edu/KinectDatasets/HOJ3D.html",
                citation="Xia, Chen and Aggarwal 2012, doi:10.1109/CVPRW.2012.6239233",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            tested = int(self.builder_config.name[1:])
            subjects = {"test": [tested], "validation": [tested % len(SUBJECTS) + 1]}
            held = sum(subjects.values(), [])
            subjects["train"] = [one for one in SUBJECTS if one not in held]
            found = list(read_untrimmed())
            return {
                split: self._generate_examples([one for one in found if one["subject"] in some])
                for split, some in subjects.items()
            }

        def _generate_examples(self, examples):
            yield from enumerate(examples)
