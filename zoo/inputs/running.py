"""Running text as what a model reads: what tokenizers of language models have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.inputs.input import Array
from zoo.inputs.text import Text, padded

if TYPE_CHECKING:
    import tensorflow as tf


class RunningText(Text):
    """Base of tokenizers with one row of ids for a text, lines and all.

    A subclass has `encode(text)`, `decode(ids)`, `pieces(ids)`, `vocabulary_size`, `begin_id` (what
    a text is read after) and `separator` (what stands between two tokens); to be exported,
    `tokenize(strings)` and `continuation(ids)`, which work in the graph.
    """

    @property
    def begin_id(self) -> int:
        """What a text is read after."""
        raise NotImplementedError

    @property
    def vocabulary_size(self) -> int:
        """Number of ids."""
        raise NotImplementedError

    def encode(self, text: str) -> np.ndarray:
        """Int32 ids of a text."""
        raise NotImplementedError

    def tokenize(self, strings: tf.Tensor) -> tf.RaggedTensor:
        """UTF-8 strings `[n]` to int32 ids `[n, (time)]`, in the graph."""
        raise NotImplementedError

    @property
    def arrays(self) -> dict[str, Array]:
        """`tokens`, ids."""
        return {"tokens": Array((None,), "int32", is_ids=True)}

    def ids_below(self, name: str) -> int:
        """The size of the vocabulary."""
        return self.vocabulary_size

    def prepare(self, items: Sequence[str], names=None) -> list[dict[str, np.ndarray]]:
        """The ids of each text."""
        return [{"tokens": np.asarray(self.encode(item), "int32")} for item in items]

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The token of each id."""
        raise NotImplementedError

    def meaning(self):
        """The tokens in the order of their ids."""
        return {
            "ids": "places among `tokens`, those of the logits too, which are of the token that "
            "follows each; a text is read after the token `begin`",
            "tokens": self.pieces(range(self.vocabulary_size)),
            "begin": self.begin_id,
        }

    def in_graph(self, raw):
        return {"tokens": padded(self.tokenize(raw["text"]))}
