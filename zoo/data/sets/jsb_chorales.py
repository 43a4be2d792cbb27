"""The chorales of Bach as a tfds data set, for models of music."""

from __future__ import annotations

import json

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.errors import ConfigError, DamagedFileError
from zoo.inputs.piece import KEYS, Piece

_FILE = "jsb_chorales/jsb-chorales-quarter.json"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/9a7f733ddb4e/"
        "jsb-chorales-quarter.json",
        "2db9329f1881a1d3f49703ec556bf1d6f84b4f6c1d702c156536e93cf31e1c91",
    )
)
_SPLITS = {"train": "train", "validation": "valid", "test": "test"}


def read_splits() -> dict[str, list[Piece]]:
    """The chorales of each split.

    Raises:
        DamagedFileError: if the file holds no such chorales.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {split: [Piece(one) for one in found[name]] for split, name in _SPLITS.items()}
    except (ValueError, KeyError, TypeError, ConfigError) as error:
        raise DamagedFileError(f"{path} is damaged: it has no chorales ({error}).") from error


with tfds.core.registered.skip_registration():

    class JSBChorales(tfds.core.GeneratorBasedBuilder):
        """382 chorales of Bach by quarter notes (Boulanger-Lewandowski et al. 2012).

        Splits `train`, `validation` and `test` have 229, 76 and 77. The `keys` of a chorale are
        uint8 `[quarter notes, 88]`, 1 where a key of a piano sounds, the lowest first. All are
        transposed to C major or C minor.
        """

        name = "jsb_chorales"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Chorales in four voices: the keys that sound, a quarter note a step.",
                features=tfds.features.FeaturesDict(
                    {"keys": tfds.features.Tensor(shape=(None, KEYS), dtype=np.uint8)}
                ),
                homepage="https://github.com/czhuang/JSB-Chorales-dataset",
                citation="Boulanger-Lewandowski et al. 2012, arXiv:1206.6392",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # files are pinned and fetched by zoo.data.sources
            return {
                split: self._generate_examples(pieces) for split, pieces in read_splits().items()
            }

        def _generate_examples(self, pieces):
            for number, piece in enumerate(pieces):
                yield number, {"keys": piece.roll}
