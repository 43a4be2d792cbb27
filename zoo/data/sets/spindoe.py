"""Recorded flights of table tennis balls as a tfds data set, for where they go next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import archive_of
from zoo.data.hashed_splits import split_of
from zoo.data.tracks import track_examples, track_features, unbroken

_FILE = "spindoe/trajectories.zip"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://raw.githubusercontent.com/cogsys-tuebingen/spindoe/e7046a84304c/data/trajectories/"
        "trajectories.zip",
        "c2a5e0597117c5af59d0e56a95aa3e35f541ad255b3e2687d92dc3e0c5fb5474",
    )
)

_STEP = 0.007  # seconds
_MOST_MISSING = 4  # steps in a row; a track with more is cut in two


def read_paths() -> dict[str, np.ndarray]:
    """The recorded paths by the names of their files: float `[rows, 4]` of seconds, x, y and z.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    found = {}
    with archive_of(path, "recorded balls") as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".csv") and name != "index.csv":  # which has the spins
                lines = archive.read(name).decode().splitlines()
                rows = np.array([line.split(";") for line in lines], "float64")
                found[name] = rows.reshape(-1, 4)
        if {split_of(name) for name in found} != {"train", "validation", "test"}:
            raise ValueError("it has too few paths")
    return found


def _tracks(paths: dict[str, np.ndarray]) -> Iterator[tuple]:
    """The tracks of some paths, each with the name of its path's file."""
    for name, rows in paths.items():
        passed = np.maximum(np.rint(np.diff(rows[:, 0]) / _STEP), 1).astype("int64")
        steps = np.concatenate([[0], passed.cumsum()])
        for track in unbroken(steps, rows[:, 1:], _MOST_MISSING):
            yield name, *track


with tfds.core.registered.skip_registration():

    class SpinDOE(tfds.core.GeneratorBasedBuilder):
        """Where 232 table tennis balls were, every 7 milliseconds (Gossard et al. 2023).

        Splits `train`, `validation` and `test` by a hash of the path's name. An example is a track
        (see `zoo.data.read_tracks`): `series` has x, y (along the table) and z (above it) in
        metres. Recorded times waver by a few milliseconds where positions do not, so the intervals
        between them are rounded to whole steps; up to four missing steps are filled in, and a path
        with more is cut.
        """

        name = "spindoe"
        VERSION = tfds.core.Version("1.0.0")
        columns = ("x", "y", "z")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Positions of table tennis balls in metres, a step every 7 ms.",
                features=tfds.features.FeaturesDict(track_features(len(self.columns))),
                homepage="https://github.com/cogsys-tuebingen/spindoe",
                citation="Gossard et al. 2023, SpinDOE, arXiv:2303.03879",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            found: dict[str, dict] = {"train": {}, "validation": {}, "test": {}}
            for name, rows in read_paths().items():
                found[split_of(name)][name] = rows
            return {split: self._generate_examples(some) for split, some in found.items()}

        def _generate_examples(self, paths):
            yield from track_examples(self.columns, _tracks(paths))
