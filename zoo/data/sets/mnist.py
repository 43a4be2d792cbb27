"""Handwritten digits as a tfds data set, for classifiers of images."""

from __future__ import annotations

import zipfile

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.errors import DamagedFileError

_FILE = "mnist/mnist.npz"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        # Of the mirror's file, whose digits stand in another order than those of the URL.
        "6143516eb14a4842c2977a34831f4c8344227838e3b10cc1da1618097d50b8ce",
        newest_release=True,
    )
)
_VALIDATION = 1 / 12  # the last of the training digits: 5,000 of 60,000
_SIDE = 28


def read_splits() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The digits of each split: uint8 `[digits, 28, 28]`, and which they are, uint8 `[digits]`.

    Raises:
        DamagedFileError: if the file holds no such digits.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    try:
        with np.load(path) as found:
            parts = {name: (found[f"x_{name}"], found[f"y_{name}"]) for name in ("train", "test")}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DamagedFileError(f"{path} is damaged: it holds no digits ({error}).") from error
    for images, labels in parts.values():
        if images.shape != (len(labels), _SIDE, _SIDE) or images.dtype != np.uint8:
            raise DamagedFileError(f"{path} is damaged: its digits are {list(images.shape)}.")
    images, labels = parts["train"]
    kept = len(images) - max(round(len(images) * _VALIDATION), 1)
    return {
        "train": (images[:kept], labels[:kept]),
        "validation": (images[kept:], labels[kept:]),
        "test": parts["test"],
    }


with tfds.core.registered.skip_registration():

    class MNIST(tfds.core.GeneratorBasedBuilder):
        """70,000 handwritten digits of 28 x 28 pixels, light on dark (LeCun et al. 1998).

        Splits `train` and `validation` are the first 55,000 and the last 5,000 of the 60,000
        digits to train on, `test` has 10,000. An example is an `image`, uint8 `[28, 28]`, and its
        `label`, "0" to "9".
        """

        name = "mnist"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Handwritten digits, light on dark.",
                features=tfds.features.FeaturesDict(
                    {
                        "image": tfds.features.Tensor(shape=(_SIDE, _SIDE), dtype=np.uint8),
                        "label": tfds.features.ClassLabel(names=[str(n) for n in range(10)]),
                    }
                ),
                homepage="http://yann.lecun.com/exdb/mnist/",
                citation="LeCun et al. 1998, Gradient-based learning applied to document "
                "recognition",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            return {
                split: self._generate_examples(*digits) for split, digits in read_splits().items()
            }

        def _generate_examples(self, images, labels):
            for number, (image, label) in enumerate(zip(images, labels, strict=True)):
                yield number, {"image": image, "label": int(label)}
