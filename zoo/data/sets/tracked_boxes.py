"""Recorded tracks of boxes around one thing each, frame by frame, as a tfds data set."""

from __future__ import annotations

import re

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import archive_of
from zoo.data.tracks import track_examples, track_features
from zoo.inputs.boxes import COLUMNS

_FILE = "tracks/tracks.zip"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/mishless/kalman-filter-project/archive/f1308fb0ac3a.zip",
        "ca1b695d177206b67e75b193e89bd6007a7262da7789fcb9b5e54bb6b0819785",
        newest_release=True,  # packed anew in the mirror
        most_bytes=1 << 30,
    )
)

# Videos that are tested together: one of TLP, whose boxes are smooth, with one of OTB, whose boxes
# a hand drew frame by frame. Two people of one video stay together.
FOLDS = (
    ("Bike", "Car4"),
    ("CarChase2", "basketball"),
    ("Drone1", "car"),
    ("Mohiniyattam", "jogging.1", "jogging.2"),
    ("MotorcycleChase",),
)


def read_boxes() -> dict[str, np.ndarray]:
    """The recorded tracks by the names of their files.

    Returns:
        float32 `[frames, 4]` of each: left, top, width and height in pixels.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    names = {name for fold in FOLDS for name in fold}
    found = {}
    with archive_of(path, "tracked boxes") as archive:
        for inside in sorted(archive.namelist()):
            name = inside.rpartition("/")[2].removesuffix(".txt")
            if name not in names or not inside.endswith(".txt") or name in found:
                continue
            lines = archive.read(inside).decode().splitlines()
            rows = [re.findall(r"[^\s,]+", line) for line in lines if line.strip()]
            table = np.array(rows, "float32")
            # A number of the frame before the box and whether it is lost after it, or neither.
            boxes = table[:, 1:5] if table.shape[-1] == 6 else table
            if boxes.ndim != 2 or boxes.shape[1] != len(COLUMNS) or not (boxes[:, 2:] > 0).all():
                raise ValueError(f"{inside} holds no boxes")
            found[name] = boxes
        if found.keys() != names:
            raise ValueError(f"it lacks {', '.join(sorted(names - found.keys()))}")
    return found


with tfds.core.registered.skip_registration():

    class TrackedBoxes(tfds.core.GeneratorBasedBuilder):
        """Boxes around things that move in nine videos of OTB and TLP, frame by frame.

        Configs `fold1` to `fold5`, each called after the videos that are left to `test`;
        `validation` has those of the next fold, `train` all others. An example is a track (see
        `zoo.data.read_tracks`): `series` has `x` and `y`, the upper left corner, `width` and
        `height`, in pixels. Noise and gaps are added by `zoo.data.boxes`.
        """

        name = "tracked_boxes"
        VERSION = tfds.core.Version("1.0.0")
        columns = COLUMNS
        BUILDER_CONFIGS = [
            tfds.core.BuilderConfig(
                name=f"fold{number}", description=f"{', '.join(names)} to test on."
            )
            for number, names in enumerate(FOLDS, 1)
        ]

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Boxes around things that move, in pixels, one a frame.",
                features=tfds.features.FeaturesDict(track_features(len(COLUMNS))),
                homepage="https://github.com/mishless/kalman-filter-project",
                citation=(
                    "Wu et al. 2013, doi:10.1109/CVPR.2013.312; "
                    "Moudgil and Gandhi 2018, arXiv:1712.01358"
                ),
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            tested = int(self.builder_config.name.removeprefix("fold")) - 1
            folds = {"test": FOLDS[tested], "validation": FOLDS[(tested + 1) % len(FOLDS)]}
            held = sum(folds.values(), ())
            found = read_boxes()
            folds["train"] = tuple(name for name in found if name not in held)
            return {
                split: self._generate_examples({name: found[name] for name in names})
                for split, names in folds.items()
            }

        def _generate_examples(self, found):
            tracks = ((name, 0, boxes, np.ones(len(boxes), bool)) for name, boxes in found.items())
            yield from track_examples(COLUMNS, tracks)
