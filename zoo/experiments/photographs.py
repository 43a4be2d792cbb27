"""The photographs of a data set as an encoder sees them, and their captions."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.data import cached_grids, load_examples
from zoo.inputs import Images
from zoo.metrics.captions import plain_words
from zoo.training.experiment import every_nth


class Photographs:
    """A data set of photographs with captions, encoded once and kept under `ZOO_HOME`.

    Args:
        dataset: such as "flickr8k", with `image` and `captions`.
        backbone: the encoder, which stays as it is.
        fraction: part of each split that is taken.
        mean: whether the mean of a grid stands for it.
    """

    def __init__(self, dataset: str, backbone: Any, fraction: float = 1.0, mean: bool = False):
        self._dataset, self._backbone = dataset, backbone
        self._fraction, self._mean = fraction, mean

    def captions(self, split: str) -> list[list[str]]:
        """The captions of each photograph."""
        examples = self._examples(split)
        return [[text.decode() for text in example["captions"]] for example in examples]

    def grids(self, split: str, mirrored: bool = False) -> np.ndarray:
        """Encoder outputs `[photographs, rows, columns, features]`, in memory or mapped from disk.

        With `mean`, rows and columns are 1.
        """
        name = f"{self._dataset}-{split}-{self._fraction:g}"
        count = sum(1 for _ in self._examples(split))

        def arrays():
            reader = Images()
            for example in self._examples(split):
                yield reader.prepare([example["image"].tobytes()])[0]["source"]

        found = cached_grids(self._backbone, arrays, count, name, mirrored=mirrored)
        if not self._mean:
            return found
        return np.stack([grid.mean((0, 1), "float32", keepdims=True) for grid in found])

    def _examples(self, split):
        return every_nth(load_examples(self._dataset, split), self._fraction).as_numpy_iterator()


def plain_caption(text: str) -> str:
    """A caption of words as the metrics have them, clitics joined again.

    Example:
        >>> plain_caption("A man's dog, which doesn't run .")
        "a man's dog which doesn't run"
    """
    return " ".join(plain_words(text)).replace(" '", "'").replace(" n't", "n't")
