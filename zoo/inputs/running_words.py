"""Words of running text as ids, for language models. Knows no model and no data set.

TensorFlow is imported for what works in the graph alone.
"""

from __future__ import annotations

import collections
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs.ids import PAD_ID, UNKNOWN_ID
from zoo.inputs.running import RunningText

if TYPE_CHECKING:
    import tensorflow as tf

EOS_ID = 2  # of running words, which have no token that begins
_SPECIAL = ("<pad>", "<unk>", "<eos>")
_TOKENS = re.compile(r"\n|<unk>|<eos>|\w+(?:['’]\w+)*|[^\w\s]")
_SPACED = re.compile(r"\n|[^\s]+")
# The same in RE2, whose \w and \s are those of ASCII. A character that Python's Unicode does not
# have yet may be a letter there.
_GRAPH_LETTER, _GRAPH_SPACE = r"\pL\pN_", r"\s\x0b\x1c-\x1f\x{85}\pZ"
_GRAPH_TOKENS = (
    rf"\n|<unk>|<eos>|[{_GRAPH_LETTER}]+(?:['’][{_GRAPH_LETTER}]+)*"
    rf"|[^{_GRAPH_LETTER}{_GRAPH_SPACE}]"
)
_GRAPH_SPACED = rf"\n|[^{_GRAPH_SPACE}]+"
_NO_SPACE_BEFORE = re.compile(r" ([,.;:!?)\]}…%])")
_NO_SPACE_AFTER = re.compile(r"([(\[{]) ")


@keras.saving.register_keras_serializable(package="zoo")
class RunningWordTokenizer(RunningText):
    r"""One id for each word, case kept; the end of a line is a word too, `<eos>`.

    Id 0 pads, 1 is `<unk>`, any other word, 2 is `<eos>`.

    Args:
        words: the known words, ids from 3; None for a tokenizer that is to be filled by
            `load_assets`.
        is_tokenized: whether a text's words stand between spaces already, as those of the Penn
            Treebank. False: punctuation is cut off, and put back in its place by `decode`.

    Example:
        >>> tokenizer = RunningWordTokenizer(["A", "dog", "."])
        >>> tokenizer.encode("A dog.\nA cat.\n").tolist()
        [3, 4, 5, 2, 3, 1, 5, 2]
        >>> tokenizer.decode([3, 4, 5])
        'A dog.'
    """

    def __init__(self, words: Sequence[str] | None = None, is_tokenized: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.is_tokenized = is_tokenized
        self._fill(words or ())

    def _fill(self, words):
        self.words = list(words)
        self._table = None
        pieces = [*_SPECIAL, *self.words]
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        if len(self._ids) < len(pieces):
            raise ConfigError(f"Each of the words is given once, and none is one of {_SPECIAL}.")

    pad_id = PAD_ID
    unknown_id = UNKNOWN_ID
    begin_id = EOS_ID  # what a text is read after
    separator = " "  # what stands between two tokens of a text

    @property
    def vocabulary_size(self) -> int:
        """Number of ids."""
        return len(_SPECIAL) + len(self.words)

    def split(self, text: str) -> Iterator[str]:
        """The words of a text, "<eos>" for the end of a line."""
        for match in (_SPACED if self.is_tokenized else _TOKENS).finditer(text):
            yield "<eos>" if match[0] == "\n" else match[0]

    def encode(self, text: str) -> np.ndarray:
        """Int32 ids of a text, one for each word and each end of a line."""
        return np.fromiter((self._ids.get(word, UNKNOWN_ID) for word in self.split(text)), "int32")

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The word of each id, "<unk>" for one that has none."""
        pieces = [*_SPECIAL, *self.words]
        return [pieces[i if 0 <= i < len(pieces) else UNKNOWN_ID] for i in map(int, ids)]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids."""
        text = " ".join("\n" if piece == "<eos>" else piece for piece in self.pieces(ids))
        text = text.replace(" \n", "\n").replace("\n ", "\n")
        if self.is_tokenized:
            return text
        return _NO_SPACE_AFTER.sub(r"\1", _NO_SPACE_BEFORE.sub(r"\1", text))

    @property
    def resources(self) -> list:
        """The table of words, which a SavedModel must track."""
        import tensorflow as tf

        if self._table is None:
            with tf.init_scope(), tf.device("cpu"):
                keys = tf.constant([piece.encode("utf-8", "replace") for piece in self._ids])
                initializer = tf.lookup.KeyValueTensorInitializer(keys, tf.range(len(self._ids)))
                self._table = tf.lookup.StaticHashTable(initializer, UNKNOWN_ID)
        return [self._table]

    def tokenize(self, strings: tf.Tensor) -> tf.RaggedTensor:
        """Turns texts into ids, in the graph.

        Args:
            strings: UTF-8 strings, `[n]`.

        Returns:
            int32 ids, `[n, (words)]`.
        """
        import tensorflow as tf

        (table,) = self.resources
        kept = _GRAPH_SPACED if self.is_tokenized else _GRAPH_TOKENS
        # A byte that UTF-8 does not have goes behind every word and in the place of every space.
        marked = tf.strings.regex_replace(strings, rf"({kept})|[{_GRAPH_SPACE}]", b"\\1\xff")
        words = tf.strings.split(marked, b"\xff")
        words = tf.ragged.boolean_mask(words, words != "")
        flat = tf.where(words.flat_values == "\n", "<eos>", words.flat_values)
        return words.with_flat_values(table.lookup(flat))

    def continuation(self, ids: tf.Tensor) -> tf.Tensor:
        """The text of all ids but the first, after that, in the graph.

        Args:
            ids: integers `[n, 1 + time]`.

        Returns:
            UTF-8 strings, `[n]`.
        """
        import tensorflow as tf

        pieces = ["\n" if piece == "<eos>" else piece for piece in self._ids]
        words = tf.gather(tf.constant([p.encode("utf-8", "replace") for p in pieces]), ids)
        pairs = self._joined_in_graph(words[:, :-1] + " " + words[:, 1:])
        rests = rest_of(pairs, self._joined_in_graph(words[:, :-1]))
        return tf.strings.reduce_join(rests, axis=1)

    def _joined_in_graph(self, texts):
        """What `decode` makes of words with spaces between them."""
        import tensorflow as tf

        rules = [(" \n", "\n"), ("\n ", "\n")]
        if not self.is_tokenized:
            rules += [(rule.pattern, r"\1") for rule in (_NO_SPACE_BEFORE, _NO_SPACE_AFTER)]
        for pattern, replacement in rules:
            texts = tf.strings.regex_replace(texts, pattern, replacement)
        return texts

    def get_config(self) -> dict:
        """Returns the config; the words themselves are saved as an asset."""
        return {"name": self.name, "is_tokenized": self.is_tokenized}

    def save_assets(self, dir_path: str) -> None:
        """Writes the words into the folder of a `.keras` file being saved."""
        with open(os.path.join(dir_path, "words.json"), "w", encoding="utf-8") as file:
            json.dump(self.words, file)

    def load_assets(self, dir_path: str) -> None:
        """Reads the words at once: Keras removes the folder after loading."""
        path = os.path.join(dir_path, "words.json")
        if not os.path.exists(path):
            raise MissingFileError(
                f"The saved model has no words.json for the tokenizer {self.name!r}: save the "
                "model again with its tokenizer filled."
            )
        with open(path, encoding="utf-8") as file:
            self._fill(json.load(file))


def train_running_words(
    texts: Iterable[str],
    max_words: int | None = None,
    min_count: int = 1,
    is_tokenized: bool = False,
) -> RunningWordTokenizer:
    """Makes a tokenizer of the words of a training text.

    Args:
        texts: the text, in parts that are cut between words.
        max_words: the most frequent words that are kept; None keeps all.
        min_count: words seen less often are unknown.
        is_tokenized: as for `RunningWordTokenizer`.

    Returns:
        The tokenizer; the most frequent words have the lowest ids.

    Raises:
        ConfigError: when there is no word often enough.
    """
    splitter = RunningWordTokenizer(is_tokenized=is_tokenized)
    counts: collections.Counter[str] = collections.Counter()
    for text in texts:
        counts.update(splitter.split(text))
    for special in _SPECIAL:
        counts.pop(special, None)
    often = sorted((-count, word) for word, count in counts.items() if count >= min_count)
    if not often:
        raise ConfigError(f"There is no word that is seen {min_count} times: give more text.")
    return RunningWordTokenizer([word for _, word in often[:max_words]], is_tokenized)


def rest_of(wholes: tf.Tensor, beginnings: tf.Tensor) -> tf.Tensor:
    """What is left of strings without their beginnings.

    Args:
        wholes: strings of any shape, each beginning with its beginning, or shorter.
        beginnings: strings of the same shape.

    Returns:
        Strings of the same shape.
    """
    import tensorflow as tf

    size = tf.strings.length(wholes)
    begin = tf.minimum(tf.strings.length(beginnings), size)
    return tf.strings.substr(wholes, begin, size - begin)
