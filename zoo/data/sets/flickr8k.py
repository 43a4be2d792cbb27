"""Flickr8k as a tfds data set: photographs as the bytes of their files, and their captions."""

from __future__ import annotations

import collections
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.errors import DamagedFileError

_URL = "https://github.com/jbrownlee/Datasets/releases/download/Flickr8k/"
sources.pin(
    sources.SourceFile(
        "flickr8k/Flickr8k_Dataset_224_avif.zip",
        f"{_URL}Flickr8k_Dataset.zip",
        "5a4dd27992831f268db7759303d9d5304f342acb360ed13d42176c1fde48839e",
        newest_release=True,
        most_bytes=3 << 29,  # photographs of full size
    ),
    sources.SourceFile(
        "flickr8k/Flickr8k_text.zip",
        f"{_URL}Flickr8k_text.zip",
        "c7dcb54add2167f84be6ce45cd55281903bdc756d153f9839b17801831f79d8c",
        newest_release=True,
    ),
)

_IMAGES = "flickr8k/Flickr8k_Dataset_224_avif.zip"
_TEXT = "flickr8k/Flickr8k_text.zip"
_NAME_OF_SPLIT = {"train": "train", "validation": "dev", "test": "test"}
_FOLDER = "Flicker8k_Dataset/"
_CAPTIONS = 5


def read_captions() -> dict[str, dict[str, list[str]]]:
    """Reads the captions of the official splits.

    Returns:
        For "train", "validation" and "test" the five captions of each photograph, by its name
        without ".jpg", in the order of the split's list.

    Raises:
        DamagedFileError: when the archive cannot be unpacked, or a caption is missing.
    """
    path = sources.fetch(_TEXT)
    try:
        with zipfile.ZipFile(path) as archive:
            lines = archive.read("Flickr8k.token.txt").decode("utf-8").splitlines()
            lists = {
                split: archive.read(f"Flickr_8k.{name}Images.txt").decode("utf-8").split()
                for split, name in _NAME_OF_SPLIT.items()
            }
        captions: dict[str, list[str]] = collections.defaultdict(list)
        for line in lines:
            key, caption = line.split("\t")
            captions[_stem(key.partition("#")[0])].append(caption)
        found = {
            split: {_stem(name): captions[_stem(name)] for name in names}
            for split, names in lists.items()
        }
        for photographs in found.values():
            for name, texts in photographs.items():
                if len(texts) != _CAPTIONS:
                    raise ValueError(f"{name} has {len(texts)} captions")
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError) as error:
        raise DamagedFileError(
            f"{path} is no zip file with the captions of Flickr8k ({error}): get the file again."
        ) from error
    return found


def read_photographs(names: list[str]) -> Iterator[bytes]:
    """Yields the files of photographs, as they are.

    Args:
        names: their names, without what follows the last point.

    Raises:
        DamagedFileError: when the archive cannot be unpacked, or lacks one of them.
    """
    path = sources.fetch(_IMAGES)
    try:
        with zipfile.ZipFile(path) as archive:
            # The mirror's archive holds each photograph as .avif, the original one as .jpg.
            members = {
                _stem(name.removeprefix(_FOLDER)): name
                for name in archive.namelist()
                if name.startswith(_FOLDER) and not name.endswith("/")
            }
            for name in names:
                yield archive.read(members[name])
    except (zipfile.BadZipFile, zlib.error, KeyError) as error:
        raise DamagedFileError(
            f"{path} is no zip file with the photographs of Flickr8k ({error}): get the file again."
        ) from error


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


with tfds.core.registered.skip_registration():

    class Flickr8k(tfds.core.GeneratorBasedBuilder):
        """Photographs with five captions each (Hodosh et al. 2013).

        Splits `train` (6,000 photographs), `validation` and `test` (1,000 each) are the official
        ones. An example holds `image`, the bytes of the photograph's file as uint8 `[bytes]`, which
        are a tenth of its pixels and take 3 ms to decode (`zoo.inputs.Images`),
        `captions`, five strings, and `name`.
        """

        name = "flickr8k"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Photographs, mostly of people and dogs, and what five people wrote.",
                features=tfds.features.FeaturesDict(
                    {
                        "image": tfds.features.Tensor(shape=(None,), dtype=np.uint8),
                        "captions": tfds.features.Sequence(tfds.features.Text(), length=_CAPTIONS),
                        "name": tfds.features.Text(),
                    }
                ),
                supervised_keys=("image", "captions"),
                homepage="https://hockenmaier.cs.illinois.edu/8k-pictures.html",
                citation="Hodosh et al. 2013",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # the files are pinned and fetched by zoo.data.sources
            return {
                split: self._generate_examples(photographs)
                for split, photographs in read_captions().items()
            }

        def _generate_examples(self, photographs: dict[str, list[str]]):
            files = read_photographs(list(photographs))
            for number, (name, content) in enumerate(zip(photographs, files, strict=True)):
                image = np.frombuffer(content, np.uint8)
                yield number, {"image": image, "captions": photographs[name], "name": name}
