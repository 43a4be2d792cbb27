"""Subwords of running text as ids, for language models. Knows no model and no data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np

from zoo.inputs.ids import EOS_ID, PAD_ID, UNKNOWN_ID
from zoo.inputs.running import RunningText
from zoo.inputs.running_words import rest_of
from zoo.inputs.subwords import SentencePieceTokenizer

if TYPE_CHECKING:
    import tensorflow as tf


@keras.saving.register_keras_serializable(package="zoo")
class RunningSubwordTokenizer(RunningText):
    r"""The subwords of SentencePiece, and one id for the end of a line.

    Args:
        proto: as for `SentencePieceTokenizer`.

    Example:
        >>> tokenizer = RunningSubwordTokenizer(proto)  # doctest: +SKIP
        >>> tokenizer.decode(tokenizer.encode("To be,\nor not"))  # doctest: +SKIP
    """

    def __init__(self, proto: bytes | None = None, **kwargs):
        super().__init__(**kwargs)
        self.subwords = SentencePieceTokenizer(proto, name="subwords")

    pad_id = PAD_ID
    unknown_id = UNKNOWN_ID
    begin_id = EOS_ID  # what a text is read after
    separator = ""  # what stands between two tokens of a text: the pieces hold their spaces

    @property
    def vocabulary_size(self) -> int:
        """Number of ids."""
        return self.subwords.vocabulary_size

    def encode(self, text: str) -> np.ndarray:
        """Int32 ids of a text."""
        lines = self.subwords.encode(text.split("\n"))
        ids = [i for line in lines for i in (*line, EOS_ID)]
        return np.array(ids[:-1], "int32")  # after the last line no line ends

    def pieces(self, ids: Sequence[int]) -> list[str]:
        r"""The piece of each id, with spaces as they are in a text, "\n" for the end of a line."""
        ids = [int(i) for i in ids]
        pieces = [piece.replace("▁", " ") for piece in self.subwords.pieces(ids)]
        return ["\n" if i == EOS_ID else piece for i, piece in zip(ids, pieces, strict=True)]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids."""
        lines: list[list[int]] = [[]]
        for i in map(int, ids):
            if i == EOS_ID:
                lines.append([])
            else:
                lines[-1].append(i)
        return "\n".join(self.subwords.decode(lines))

    @property
    def resources(self) -> list:
        """What a SavedModel must track."""
        return self.subwords.resources

    def tokenize(self, strings: tf.Tensor) -> tf.RaggedTensor:
        """Turns texts into ids, in the graph.

        Args:
            strings: UTF-8 strings, `[n]`.

        Returns:
            int32 ids, `[n, (pieces)]`.
        """
        import tensorflow as tf

        lines = tf.strings.split(strings, "\n")
        ids = self.subwords.tokenize(lines.flat_values)
        ids = tf.concat([ids, tf.fill([ids.nrows(), 1], EOS_ID)], axis=1)
        return lines.with_flat_values(ids).merge_dims(1, 2)[:, :-1]

    def continuation(self, ids: tf.Tensor) -> tf.Tensor:
        """The text of all ids but the first, after that, in the graph.

        Args:
            ids: integers `[n, 1 + time]`.

        Returns:
            UTF-8 strings, `[n]`.
        """
        import tensorflow as tf

        before, now = (tf.reshape(x, [-1, 1]) for x in (ids[:, :-1], ids[:, 1:]))
        pairs = self.subwords.detokenize(tf.concat([before, now], axis=1))
        rests = rest_of(pairs, self.subwords.detokenize(before))
        rests = rests + tf.where(now[:, 0] == EOS_ID, "\n", "")
        return tf.strings.reduce_join(tf.reshape(rests, tf.shape(ids[:, 1:])), axis=1)

    def get_config(self) -> dict:
        """Returns the config; the SentencePiece model is saved as an asset of `subwords`."""
        return {"name": self.name}
