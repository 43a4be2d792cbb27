"""The few target tokens that the source at hand may become, in place of the whole vocabulary."""

from __future__ import annotations

import os
from pathlib import Path

import keras
import numpy as np

from zoo.decoding.arguments import positive
from zoo.keras_file import read_npz

_SPECIAL = 4  # padding, unknown, begin and end: they keep their ids
_SMALLEST = 256  # shortlists have so many tokens or twice, four times ..., to be of few shapes


@keras.saving.register_keras_serializable(package="zoo")
class Shortlist(keras.layers.Layer):
    """Chooses output tokens by the source tokens (Jean et al. 2015, arXiv:1412.2007, section 3.4).

    A layer only to be saved with a model: its table is an asset of the `.keras` file.

    Args:
        table: int `[source vocabulary, n]`, the likeliest translations of each source token, 0 for
            none, see `zoo.data.train_lexicon`. None: filled when a saved model is loaded.
        vocabulary_size: number of target tokens. Ids are taken to fall in frequency, as those of
            SentencePiece do.
        frequent: so many of the most frequent tokens are always there.
    """

    def __init__(self, table=None, vocabulary_size: int = 0, frequent: int = 100, **kwargs):
        super().__init__(**kwargs)
        self.table = np.zeros((0, 0), "int32") if table is None else np.asarray(table, "int32")
        self.vocabulary_size = vocabulary_size
        self.frequent = positive("frequent", frequent)
        self.built = True

    def tokens_for(self, source: np.ndarray) -> np.ndarray:
        """The tokens that translations of the source may have.

        Args:
            source: int `[batch, time]`, 0 = padding.

        Returns:
            int32 `[n]`, rising, the special tokens first, all different. Filled up with frequent
            tokens, so that `n` is 256, 512, 1024 and so on, or the whole vocabulary.
        """
        wanted = np.zeros(self.vocabulary_size, bool)
        wanted[: _SPECIAL + self.frequent] = True
        wanted[self.table[np.unique(source)].ravel()] = True
        count = int(np.count_nonzero(wanted))
        size = max(_SMALLEST, 1 << (count - 1).bit_length())
        wanted[np.flatnonzero(~wanted)[: size - count]] = True
        return np.flatnonzero(wanted).astype("int32")

    def get_config(self):
        return {
            "name": self.name,
            "vocabulary_size": self.vocabulary_size,
            "frequent": self.frequent,
        }

    def save_assets(self, dir_path: str) -> None:
        """Writes the table into the folder of a `.keras` file being saved."""
        narrow = np.int16 if self.vocabulary_size <= np.iinfo(np.int16).max else np.int32
        np.savez_compressed(os.path.join(dir_path, "table.npz"), table=self.table.astype(narrow))

    def load_assets(self, dir_path: str) -> None:
        """Reads the table at once: Keras removes the folder after loading."""
        self.table = read_npz(Path(dir_path, "table.npz"), "table").astype("int32")
