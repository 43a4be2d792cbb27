"""Words and their characters as ids, for models that label words or whole texts.

A tokenizer is a Keras layer without weights, because Keras carries a layer's assets in the
`.keras` file. It knows no model and no data set. TensorFlow is imported when text is first
tokenised, not before.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import treebank_words
from zoo.inputs.ids import UNKNOWN_ID
from zoo.inputs.input import Array
from zoo.inputs.text import Text, padded
from zoo.inputs.treebank_words import TreebankWords

if TYPE_CHECKING:
    import tensorflow as tf

_WORD_BEGIN_ID, _WORD_END_ID = 2, 3
_WORD_IDS, _CHARACTER_IDS = 2, 4  # the first ids that stand for words, for characters
_CHUNK = 8192  # sentences looked up at once

# What is a token of its own wherever it stands, tried in this order from left to right; what is
# left between two of these, and between spaces, is a token too. A regular expression of RE2.
_SPACE = r"[\s\p{Z}\p{Cc}]+"
_TOKENS = (
    r"(?:https?://|www\.)[^\s<>\"]*[\pL\pN/]",  # addresses
    r"[\pL\pN._%+-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+",
    r"\pN+(?:[.,:]\pN+)+",  # 1,000.50 and 10:30
    r"\b(?:[A-Z]\.){2,}",  # U.S.
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Inc|Corp|Co|Ltd|No|vs|etc)\.",
    r"\b[oO]['’]\pL+",  # O'Neil, o'clock
    r"\baujourd['’]hui",
    r"n['’]t\b",  # English clitics
    r"['’](?:s|m|d|ll|re|ve|S|M|D|LL|RE|VE)\b",
    r"\b(?i:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]",  # French ones
    r"\.{2,}|-{2,}|[!?]+|\pP|\pS\pM*",
)


@keras.saving.register_keras_serializable(package="zoo")
class WordTokenizer(Text):
    """Words, lower-cased and with 0 for every digit, and the characters of each as it is written.

    Id 0 pads and 1 is unknown, for words and characters alike. The characters of a word stand
    between a begin (2) and an end (3); of a longer word the middle is left out, as its beginning
    and its end say most of what it may be.

    Args:
        words: the known words in their normal form, ids from 2; None for a tokenizer that is to
            be filled by `load_assets`.
        characters: the known characters, ids from 4.
        word_length: characters kept of a word with begin and end, at least 4.
        treebank: tokens that are kept whole or contracted. None: signs and spaces alone part text.

    Raises:
        ConfigError: when `word_length` is too small.

    Example:
        >>> tokenizer = WordTokenizer(["the", "dog"], list("Tdehgo"))
        >>> [token for token, _, _ in tokenizer.split(["The dog isn't here."])[0]]
        ['The', 'dog', 'is', "n't", 'here', '.']
        >>> words, characters = tokenizer.encode([["The", "cat"]])[0]
        >>> words.tolist(), characters.shape
        ([2, 1], (2, 20))
    """

    def __init__(
        self,
        words: Sequence[str] | None = None,
        characters: Sequence[str] | None = None,
        word_length: int = 20,
        treebank: TreebankWords | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if word_length < 4:
            raise ConfigError(f"word_length is at least 4, not {word_length}.")
        self.words = list(words or ())
        self.characters = list(characters or ())
        self.word_length = word_length
        self.treebank = treebank or TreebankWords()
        self._tables: tuple | None = None
        self._treebank_tables: tuple | None = None

    @property
    def vocabulary_size(self) -> int:
        """Number of word ids."""
        return _WORD_IDS + len(self.words)

    @property
    def character_count(self) -> int:
        """Number of character ids."""
        return _CHARACTER_IDS + len(self.characters)

    @property
    def arrays(self) -> dict[str, Array]:
        """`words` and their `characters`, ids."""
        return {
            "words": Array((None,), "int32", is_ids=True),
            "characters": Array((None, self.word_length), "int32", is_ids=True),
        }

    def ids_below(self, name: str) -> int:
        """The number of words, or of characters."""
        return self.character_count if name == "characters" else self.vocabulary_size

    def prepare(self, items, names=None) -> list[dict[str, np.ndarray]]:
        """The ids of each text, a string or a list of tokens."""
        if names is not None and list(names) == ["words"]:
            return [{"words": ids} for ids in self.word_ids(items)] if items else []
        is_raw = [item for item in items if isinstance(item, str)]
        cut = iter(list(self.cut(is_raw)))
        tokens = [next(cut) if isinstance(item, str) else item for item in items]
        return [{"words": words, "characters": letters} for words, letters in self.encode(tokens)]

    def steps_of(self, items):
        """The tokens of strings, and where they stand; of lists of tokens, those alone."""
        split = iter(self.split([item for item in items if isinstance(item, str)]))
        steps: list[list[tuple]] = [
            next(split) if isinstance(item, str) else [(token, None, None) for token in item]
            for item in items
        ]
        return self.prepare([[token for token, _, _ in row] for row in steps]), steps

    def meaning(self):
        """The words and characters in the order of their ids."""
        return {
            "ids": "0 pads at the right, 1 is unknown; words count from 2; characters from 4, "
            "between 2 and 3 at the beginning and the end of a word",
            "words": self.words,
            "characters": self.characters,
        }

    def in_graph(self, raw):
        tokens, _, _ = self.tokenize(raw["text"])
        words, characters = self.look_up(tokens)
        return {"words": padded(words), "characters": padded(characters)}

    @property
    def resources(self) -> list:
        """The tables, which a SavedModel must track."""
        return [*self._load(), *self._load_treebank()]

    def tokenize(
        self, strings: tf.Tensor
    ) -> tuple[tf.RaggedTensor, tf.RaggedTensor, tf.RaggedTensor]:
        """Cuts raw text into tokens, in the graph.

        Words, numbers, addresses, abbreviations and runs of `...`, `--`, `!?` are tokens, every
        other sign is one; English and French clitics (`n't`, `'s`, `l'`) are cut off. Where
        `treebank` says so, tokens keep their signs, and a contracted one gives its words.

        Args:
            strings: UTF-8 strings, `[n]`.

        Returns:
            The tokens, and the bytes at which each begins and ends, all `[n, (tokens)]`. The words
            of a contracted token begin and end where it does.
        """
        import tensorflow as tf
        import tensorflow_text

        kept = "|".join(_TOKENS)
        # tensorflow-text reads no further than a NUL, which is a space here as any control is.
        strings = tf.strings.regex_replace(strings, r"\x00", " ")
        cut = tensorflow_text.regex_split_with_offsets(strings, f"{_SPACE}|{kept}", kept)
        return treebank_words.apply(self._load_treebank(), *cut) if self.treebank else cut

    def split(self, texts: Sequence[str]) -> list[list[tuple[str, int, int]]]:
        """Cuts Python strings into tokens.

        Args:
            texts: strings; what UTF-8 cannot hold (a lone surrogate) is read as `?`.

        Returns:
            For each string its tokens, and the characters at which each begins and ends: a token
            is `text[begin:end]`, or a word of it where that is contracted.
        """
        import tensorflow as tf

        raw = [text.encode("utf-8", "replace") for text in texts]
        with tf.device("cpu"):
            tokens, begins, ends = self.tokenize(tf.constant(raw, tf.string, [len(raw)]))
        return [
            [
                (token.decode("utf-8", "replace"), int(at[begin]), int(at[end]))
                for token, begin, end in zip(*row, strict=True)
            ]
            for at, *row in zip(
                map(_characters_before, raw),
                tokens.to_list(),
                begins.to_list(),
                ends.to_list(),
                strict=True,
            )
        ]

    def cut(self, texts: Sequence[str]) -> Iterator[list[str]]:
        """Yields the tokens of each text, without where they stand; many texts take little memory.

        Args:
            texts: as for `split`.
        """
        import tensorflow as tf

        for begin in range(0, len(texts), _CHUNK):
            raw = [text.encode("utf-8", "replace") for text in texts[begin : begin + _CHUNK]]
            with tf.device("cpu"):
                tokens, _, _ = self.tokenize(tf.constant(raw, tf.string, [len(raw)]))
            for row in tokens.to_list():
                yield [token.decode("utf-8", "replace") for token in row]

    def look_up(self, tokens: tf.RaggedTensor) -> tuple[tf.RaggedTensor, tf.RaggedTensor]:
        """Turns tokens into ids, in the graph.

        Args:
            tokens: UTF-8 strings, `[n, (tokens)]`.

        Returns:
            int32 word ids `[n, (tokens)]`, and character ids `[n, (tokens), word_length]`.
        """
        import tensorflow as tf

        _, characters = self._load()
        letters = tf.strings.unicode_split(self._without_middle(tokens.flat_values), "UTF-8")
        rows = letters.nrows()
        ids = letters.with_values(characters.lookup(letters.values))
        ids = tf.concat(
            [
                tf.RaggedTensor.from_tensor(tf.fill([rows, 1], _WORD_BEGIN_ID)),
                ids,
                tf.RaggedTensor.from_tensor(tf.fill([rows, 1], _WORD_END_ID)),
            ],
            axis=1,
        ).to_tensor(shape=(None, self.word_length))
        return self.look_up_words(tokens), tokens.with_flat_values(ids)

    def look_up_words(self, tokens: tf.RaggedTensor) -> tf.RaggedTensor:
        """Turns tokens into int32 ids of words `[n, (tokens)]` alone, in the graph."""
        words, _ = self._load()
        return tokens.with_flat_values(words.lookup(normal_form(tokens.flat_values)))

    def _without_middle(self, tokens: tf.Tensor) -> tf.Tensor:
        """Leaves the first and the last characters of words that are too long, `[n]`."""
        import tensorflow as tf

        head = (self.word_length - 2) // 2
        tail = self.word_length - 2 - head
        length = tf.strings.length(tokens, "UTF8_CHAR")
        first = tf.strings.substr(tokens, 0, head, "UTF8_CHAR")
        begin = tf.maximum(length - tail, 0)
        last = tf.strings.substr(tokens, begin, tf.fill(tf.shape(begin), tail), "UTF8_CHAR")
        return tf.where(length > head + tail, first + last, tokens)

    def encode(self, sentences: Sequence[Sequence[str]]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Turns lists of tokens into ids.

        Args:
            sentences: lists of strings, any of them empty.

        Returns:
            For each its word ids, int32 `[tokens]`, and their characters, int32
            `[tokens, word_length]`.
        """
        import tensorflow as tf

        found: list[tuple[np.ndarray, np.ndarray]] = []
        for begin in range(0, len(sentences), _CHUNK):
            with tf.device("cpu"):
                tokens = _ragged(sentences[begin : begin + _CHUNK])
                words, characters = (ids.flat_values.numpy() for ids in self.look_up(tokens))
            ends = tokens.row_splits.numpy()[1:-1]
            found += zip(np.split(words, ends), np.split(characters, ends), strict=True)
        return found

    def word_ids(self, texts: Sequence[str] | Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Turns texts into ids of words, without those of characters.

        Args:
            texts: strings, which are cut in the graph, or lists of tokens, which are taken as they
                are; any of them empty.

        Returns:
            For each its word ids, int32 `[tokens]`.
        """
        import tensorflow as tf

        found: list[np.ndarray] = []
        for begin in range(0, len(texts), _CHUNK):
            chunk = texts[begin : begin + _CHUNK]
            with tf.device("cpu"):
                if isinstance(chunk[0], str):
                    raw = [str(text).encode("utf-8", "replace") for text in chunk]
                    tokens, _, _ = self.tokenize(tf.constant(raw, tf.string, [len(raw)]))
                else:
                    tokens = _ragged(chunk)
                ids = self.look_up_words(tokens).flat_values.numpy()
                found += np.split(ids, tokens.row_splits.numpy()[1:-1])
        return found

    def _load(self):
        """Returns the tables of words and of characters, made at first use."""
        if self._tables is None:
            if not self.words or not self.characters:
                raise ConfigError(
                    f"The tokenizer {self.name!r} knows no words: make one with "
                    "zoo.inputs.train_words, or open the saved model it belongs to."
                )
            import tensorflow as tf

            # Also when first used inside a tf.data map or a tf.function, they are made outside.
            with tf.init_scope(), tf.device("cpu"):
                self._tables = (
                    _table(self.words, _WORD_IDS),
                    _table(self.characters, _CHARACTER_IDS),
                )
        return self._tables

    def _load_treebank(self) -> tuple:
        """Returns the tables of `treebank`, made at first use; none where it says nothing."""
        if self.treebank and self._treebank_tables is None:
            self._treebank_tables = self.treebank.tables()
        return self._treebank_tables or ()

    def get_config(self) -> dict:
        """Returns the config; words and characters themselves are saved as assets."""
        return {"name": self.name, "word_length": self.word_length}

    def save_assets(self, dir_path: str) -> None:
        """Writes words and characters into the folder of a `.keras` file being saved."""
        with open(os.path.join(dir_path, "words.json"), "w", encoding="utf-8") as file:
            known: dict = {"characters": self.characters, "words": self.words}
            if self.treebank:
                known["treebank"] = dataclasses.asdict(self.treebank)
            json.dump(known, file, ensure_ascii=False)

    def load_assets(self, dir_path: str) -> None:
        """Reads words and characters at once: Keras removes the folder after loading."""
        path = os.path.join(dir_path, "words.json")
        if not os.path.exists(path):
            raise MissingFileError(
                f"The saved model has no words.json for the tokenizer {self.name!r}: save the "
                "model again with its tokenizer filled."
            )
        with open(path, encoding="utf-8") as file:
            assets = json.load(file)
        self.words, self.characters = assets["words"], assets["characters"]
        self.treebank = TreebankWords.from_json(assets.get("treebank", {}))
        self._tables = self._treebank_tables = None


def normal_form(tokens: tf.Tensor) -> tf.Tensor:
    """Returns words as a vocabulary holds them: lower-cased, 0 for every digit, in the graph.

    Args:
        tokens: UTF-8 strings of any shape.

    Returns:
        Strings of the same shape.
    """
    import tensorflow as tf

    return tf.strings.regex_replace(tf.strings.lower(tokens, encoding="utf-8"), r"\d", "0")


def _ragged(rows: Sequence[Sequence[str]]) -> tf.RaggedTensor:
    """Lists of tokens as UTF-8 strings `[n, (tokens)]`."""
    import tensorflow as tf

    flat = [token.encode("utf-8", "replace") for row in rows for token in row]
    return tf.RaggedTensor.from_row_lengths(
        tf.constant(flat, tf.string, [len(flat)]), [len(row) for row in rows]
    )


def _table(items: Sequence[str], first: int) -> tf.lookup.StaticHashTable:
    import tensorflow as tf

    keys = tf.constant([item.encode("utf-8", "replace") for item in items])
    values = tf.range(first, first + len(items), dtype=tf.int32)
    initializer = tf.lookup.KeyValueTensorInitializer(keys, values)
    return tf.lookup.StaticHashTable(initializer, default_value=UNKNOWN_ID)


def _characters_before(raw: bytes) -> np.ndarray:
    """How many characters of a UTF-8 string begin before each of its bytes, and its end."""
    is_begin = (np.frombuffer(raw, np.uint8) & 0xC0) != 0x80
    return np.concatenate([[0], np.cumsum(is_begin)])
