"""Pedestrians of five places as a tfds data set, for what comes next on their way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import files_of
from zoo.data.tracks import track_examples, track_features, unbroken

_FILE = "eth_ucy/eth_ucy.tar.xz"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/abduallahmohamed/Social-STGCNN/archive/333d3a57b4d2.zip",
        "0bbe2e339f6b3b34e4a92fb461258e5c66ac90c595070590ddb766eb4bc3c653",
        newest_release=True,  # packed anew in the mirror
        most_bytes=1 << 29,  # with trained models
    )
)

FOLDS = ("eth", "hotel", "univ", "zara1", "zara2")
_FOLDERS = {"train": "train", "val": "validation", "test": "test"}
_MEMBER = re.compile(rf".*/datasets/({'|'.join(FOLDS)})/(train|val|test)/(\w+)\.txt")
_FRAMES = 10  # from one step to the next, 0.4 s


def read_recordings(fold: str) -> dict[str, dict[str, np.ndarray]]:
    """The recordings of each split of a fold: float `[rows, 4]` of frame, pedestrian, x and y.

    Args:
        fold: the place that is left out of training.

    Returns:
        Split -> name of a recording -> its rows.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    found: dict[str, dict[str, np.ndarray]] = {split: {} for split in _FOLDERS.values()}
    with files_of(sources.fetch(_FILE), "recorded pedestrians", _MEMBER) as files:
        for match, content in files:
            if match[1] == fold:
                lines = content.decode().splitlines()
                rows = np.array([line.split() for line in lines], "float64")
                recording = PurePosixPath(match[0]).stem
                found[_FOLDERS[match[2]]][recording] = rows.reshape(-1, 4)
        if not all(found.values()):
            raise ValueError(f"it has not all splits of {fold}")
    return found


def _tracks(recordings: dict[str, np.ndarray]) -> Iterator[tuple]:
    """The tracks of all pedestrians of some recordings, each with the name of its recording."""
    for name, rows in sorted(recordings.items()):
        for pedestrian in np.unique(rows[:, 1]):
            own = rows[rows[:, 1] == pedestrian]
            own = own[np.argsort(own[:, 0], kind="stable")]
            steps = np.rint(own[:, 0] / _FRAMES).astype("int64")
            for track in unbroken(steps, own[:, 2:]):
                yield name, *track


with tfds.core.registered.skip_registration():

    class ETHUCY(tfds.core.GeneratorBasedBuilder):
        """Where 1,600 pedestrians were, 2.5 times a second, in five places.

        Configs `eth`, `hotel`, `univ`, `zara1` and `zara2`, each called after the place that is
        left to `test`; `train` and `validation` are earlier and later parts of recordings of the
        others (files of Mohamed et al. 2020). An example is a track without a gap (see
        `zoo.data.read_tracks`): `series` has x and y in metres.
        """

        name = "eth_ucy"
        VERSION = tfds.core.Version("1.0.0")
        BUILDER_CONFIGS = [
            tfds.core.BuilderConfig(name=fold, description=f"All but {fold}, which is tested on.")
            for fold in FOLDS
        ]
        columns = ("x", "y")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Positions of pedestrians in metres, a step every 0.4 seconds.",
                features=tfds.features.FeaturesDict(track_features(len(self.columns))),
                homepage="https://github.com/abduallahmohamed/Social-STGCNN",
                citation="Pellegrini et al. 2009; Lerner et al. 2007; Mohamed et al. 2020, "
                "arXiv:2002.11927",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            found = read_recordings(self.builder_config.name)
            return {split: self._generate_examples(some) for split, some in found.items()}

        def _generate_examples(self, recordings):
            yield from track_examples(self.columns, _tracks(recordings))
