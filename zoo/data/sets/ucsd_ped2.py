"""UCSD Ped2 as a tfds data set: clips of a walkway, where what is unusual comes in the test."""

from __future__ import annotations

import io
import json
import re

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import archive_of

_FILE = "ucsd_ped2/ucsd_ped2.zip"
sources.pin(
    sources.SourceFile(
        _FILE,
        "http://www.svcl.ucsd.edu/projects/anomaly/UCSD_Anomaly_Dataset.tar.gz",
        "4619626956896b5eee81d418794c75bc5e81444cb01204201928843ece8a3c5b",
        newest_release=True,  # in the mirror its second walkway, smaller and packed anew
    )
)

RATE = 10  # frames a second
HEIGHT, WIDTH = 240, 360  # of the recordings, and of the masks
VALIDATION = (3, 7, 11, 15)  # of the training clips, by number
_MEMBER = re.compile(r".*/(Train|Test)([0-9]{3})\.mp4")


def split_of(part: str, number: int) -> str:
    """The split of a clip of "Train" or "Test"."""
    return "test" if part == "Test" else "validation" if number in VALIDATION else "train"


def read_walkway() -> dict[str, list[dict]]:
    """The clips of each split, by number.

    Returns:
        For "train", "validation" and "test" a list of `clip`, the file as uint8 `[bytes]`, `name`,
        `unusual`, bool `[frames]`, and `places`, uint8 `[frames, 240, 45]`, the bits of where;
        `unusual` and `places` are empty where nothing is unusual.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    found: dict[str, list[dict]] = {"train": [], "validation": [], "test": []}
    with archive_of(sources.fetch(_FILE), "clips of a walkway") as archive:
        matches = [match for match in map(_MEMBER.fullmatch, sorted(archive.namelist())) if match]
        labels = json.loads(archive.read("ucsd_ped2/frame_labels.json"))
        with np.load(io.BytesIO(archive.read("ucsd_ped2/pixel_masks_packbits.npz"))) as masks:
            bits = masks["mask"]
        begin = 0  # masks are those of all test clips, one after the other
        for match in matches:
            part, number = match[1], int(match[2])
            unusual = np.array(labels[f"Test{match[2]}"] if part == "Test" else [], bool)
            places = bits[begin : begin + len(unusual)]
            begin += len(unusual)
            found[split_of(part, number)].append(
                {
                    "clip": np.frombuffer(archive.read(match[0]), np.uint8),
                    "name": f"{part}{match[2]}",
                    "unusual": unusual,
                    "places": places,
                }
            )
        if not all(found.values()) or begin != len(bits) or bits.shape[1:] != (HEIGHT, WIDTH // 8):
            raise ValueError("clips, labels and masks do not fit together")
    return found


with tfds.core.registered.skip_registration():

    class UCSDPed2(tfds.core.GeneratorBasedBuilder):
        """28 clips of a walkway, 10 frames a second (Mahadevan et al. 2010).

        In the 16 clips of `train` and `validation` people walk; in the 12 of `test` there are
        bicycles, skateboards and carts too. `clip` is the file, mp4 of 240 x 160 pixels, as uint8
        `[bytes]` (`zoo.inputs.Clips` takes it), `unusual` bool `[frames]`, `places` where it is,
        bits of masks of 240 rows and 360 columns; both are empty where nothing is unusual. `name`
        is the clip's.
        """

        name = "ucsd_ped2"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Clips of a walkway, in which bicycles are unusual.",
                features=tfds.features.FeaturesDict(
                    {
                        "clip": tfds.features.Tensor(shape=(None,), dtype=np.uint8),
                        "name": tfds.features.Text(),
                        "unusual": tfds.features.Tensor(shape=(None,), dtype=np.bool_),
                        "places": tfds.features.Tensor(
                            shape=(None, HEIGHT, WIDTH // 8), dtype=np.uint8
                        ),
                    }
                ),
                homepage="http://www.svcl.ucsd.edu/projects/anomaly/dataset.htm",
                citation="Mahadevan et al. 2010, Anomaly Detection in Crowded Scenes",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            return {
                split: self._generate_examples(clips) for split, clips in read_walkway().items()
            }

        def _generate_examples(self, clips):
            yield from enumerate(clips)
