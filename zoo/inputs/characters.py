"""Characters as ids, for language models. Knows no model and no data set.

TensorFlow is imported for what works in the graph alone.
"""

from __future__ import annotations

import collections
import json
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs.ids import PAD_ID, UNKNOWN_ID
from zoo.inputs.running import RunningText

if TYPE_CHECKING:
    import tensorflow as tf

_FIRST = 2  # the first id that stands for a character
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@keras.saving.register_keras_serializable(package="zoo")
class CharacterTokenizer(RunningText):
    """One id for each Unicode character; nothing is normalised, so text comes back as it was.

    Id 0 pads, 1 is an unknown character.

    Args:
        characters: the known characters, ids from 2; None for a tokenizer that is to be filled by
            `load_assets`.

    Raises:
        ConfigError: when something else than single characters is given, or one twice.

    Example:
        >>> tokenizer = CharacterTokenizer("ehlo")
        >>> tokenizer.encode("hello!").tolist()
        [3, 2, 4, 4, 5, 1]
        >>> tokenizer.decode([3, 2, 4, 4, 5])
        'hello'
    """

    def __init__(self, characters: Sequence[str] | None = None, **kwargs):
        super().__init__(**kwargs)
        self.characters = list(characters or ())
        self._check()

    def _check(self):
        if any(not isinstance(c, str) or len(c) != 1 for c in self.characters):
            raise ConfigError("characters are strings of one character each.")
        if len(set(self.characters)) < len(self.characters):
            raise ConfigError("Each of the characters is given once.")
        # Ids by code point: one product of indexing for a whole text.
        codes = np.array([ord(c) for c in self.characters], "int64")
        self._ids = np.full(codes.max() + 2 if len(codes) else 1, UNKNOWN_ID, "int32")
        self._ids[codes] = np.arange(_FIRST, _FIRST + len(codes))

    pad_id = PAD_ID
    unknown_id = UNKNOWN_ID
    separator = ""  # what stands between two tokens of a text

    @property
    def vocabulary_size(self) -> int:
        """Number of ids."""
        return _FIRST + len(self.characters)

    @property
    def begin_id(self) -> int:
        """What a text is read after: a line's end, or padding where the text had only one line."""
        return self.characters.index("\n") + _FIRST if "\n" in self.characters else PAD_ID

    def encode(self, text: str) -> np.ndarray:
        """Int32 ids of a text, one for each character."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype("int64")
        return self._ids[np.minimum(codes, len(self._ids) - 1)]

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The character of each id, and the replacement character for one that has none."""
        return [
            self.characters[i - _FIRST] if _FIRST <= i < self.vocabulary_size else _REPLACEMENT
            for i in map(int, ids)
        ]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids."""
        return "".join(self.pieces(ids))

    def tokenize(self, strings: tf.Tensor) -> tf.RaggedTensor:
        """Turns texts into ids, in the graph.

        Args:
            strings: UTF-8 strings, `[n]`.

        Returns:
            int32 ids, `[n, (characters)]`.
        """
        import tensorflow as tf

        codes = np.array([-1, *map(ord, self.characters)], "int32")
        order = np.argsort(codes)
        found = tf.strings.unicode_decode(strings, "UTF-8")
        places = tf.searchsorted(codes[order], found.flat_values)
        places = tf.minimum(places, len(codes) - 1)
        is_known = tf.gather(codes[order], places) == found.flat_values
        ids = tf.where(is_known, tf.gather(order.astype("int32"), places) + _FIRST - 1, UNKNOWN_ID)
        return found.with_flat_values(ids)

    def continuation(self, ids: tf.Tensor) -> tf.Tensor:
        """The text of all ids but the first, after that, in the graph.

        Args:
            ids: integers `[n, 1 + time]`.

        Returns:
            UTF-8 strings, `[n]`.
        """
        import tensorflow as tf

        pieces = [p.encode("utf-8", "replace") for p in self.pieces(range(self.vocabulary_size))]
        return tf.strings.reduce_join(tf.gather(tf.constant(pieces), ids[:, 1:]), axis=1)

    def get_config(self) -> dict:
        """Returns the config; the characters themselves are saved as an asset."""
        return {"name": self.name}

    def save_assets(self, dir_path: str) -> None:
        """Writes the characters into the folder of a `.keras` file being saved."""
        with open(os.path.join(dir_path, "characters.json"), "w", encoding="utf-8") as file:
            json.dump(self.characters, file)  # as ASCII, which holds lone surrogates too

    def load_assets(self, dir_path: str) -> None:
        """Reads the characters at once: Keras removes the folder after loading."""
        path = os.path.join(dir_path, "characters.json")
        if not os.path.exists(path):
            raise MissingFileError(
                f"The saved model has no characters.json for the tokenizer {self.name!r}: save "
                "the model again with its tokenizer filled."
            )
        with open(path, encoding="utf-8") as file:
            self.characters = json.load(file)
        self._check()


def train_characters(texts: Iterable[str], min_count: int = 1) -> CharacterTokenizer:
    """Makes a tokenizer of the characters of a training text.

    Args:
        texts: the text, in parts of any size.
        min_count: characters seen less often are unknown.

    Returns:
        The tokenizer, its characters in the order of their code points.

    Raises:
        ConfigError: when no character is seen often enough.
    """
    counts: collections.Counter[str] = collections.Counter()
    for text in texts:
        counts.update(text)
    known = sorted(c for c, count in counts.items() if count >= min_count)
    if not known:
        raise ConfigError(f"There is no character that is seen {min_count} times: give more text.")
    return CharacterTokenizer(known)
