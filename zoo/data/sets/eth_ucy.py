"""Pedestrians of five places as a tfds data set, for what comes next on their way."""

from __future__ import annotations

import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.tracks import track_examples, track_features, unbroken
from zoo.errors import DamagedFileError

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
    path = sources.fetch(_FILE)
    found: dict[str, dict[str, np.ndarray]] = {split: {} for split in _FOLDERS.values()}
    try:
        for name, text in _members(path):
            match = _MEMBER.fullmatch(name)
            if match is not None and match[1] == fold:
                rows = np.array([line.split() for line in text.splitlines()], "float64")
                recording = PurePosixPath(name).stem
                found[_FOLDERS[match[2]]][recording] = rows.reshape(-1, 4)
        if not all(found.values()):
            raise ValueError(f"it has not all splits of {fold}")
    except (OSError, ValueError, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError) as error:
        reason = " ".join(str(error).split())
        raise DamagedFileError(
            f"{path} is no archive of recorded pedestrians ({reason}): get the file again."
        ) from error
    return found


def _members(path: Path) -> Iterator[tuple[str, str]]:
    """Names and texts of an archive's text files, whichever kind of archive it is."""
    if zipfile.is_zipfile(path):  # as it is downloaded; in the mirror it is packed anew
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if _MEMBER.fullmatch(name):
                    yield name, archive.read(name).decode()
        return
    with tarfile.open(path, "r:*") as archive:
        for member in archive:
            file = archive.extractfile(member) if _MEMBER.fullmatch(member.name) else None
            if file is not None:
                yield member.name, file.read().decode()


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
