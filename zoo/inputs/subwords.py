"""Subword tokenizers that ride inside a saved model.

A tokenizer is a Keras layer without weights, because Keras carries a layer's assets in the
`.keras` file. It knows no model and no data set. TensorFlow is imported when text is first
tokenised, not before: a JAX process can import this module and stay free of TensorFlow.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np

from zoo.errors import ConfigError, DamagedFileError, MissingFileError
from zoo.inputs.ids import BOS_ID, EOS_ID, PAD_ID, UNKNOWN_ID
from zoo.inputs.input import Array
from zoo.inputs.lasting_resource import lasting_resource
from zoo.inputs.text import Text

if TYPE_CHECKING:
    import tensorflow as tf

SPECIAL_PIECES = ("<pad>", "<unk>", "<s>", "</s>")

# Typographic characters that one keyboard or one word processor writes and another does not,
# (characters, plain form), each side a regular expression of both Python's re and RE2.
_PLAIN_TYPOGRAPHY = (
    ("[\u2018\u2019\u201a\u201b\u02bc]", "'"),
    ("[\u201c\u201d\u201e\u201f]", '"'),
    ("[\u2010\u2011\u2012\u2013]", "-"),
    ("[\u2014\u2015]", " - "),
    ("[\u00ad\ufeff]", ""),
)


def plain_typography(text: str) -> str:
    r"""Returns `text` with curly quotes, apostrophes and dashes in their plain form.

    The tokenizer does the same in the graph before it looks up subwords, so that a pasted
    `don’t` is read as the `don't` of the training text. Spaces are not touched here: every
    kind of space becomes a plain one in SentencePiece's own normalisation (`nmt_nfkc`).

    Args:
        text: a string.

    Returns:
        The string with plain quotes and dashes.

    Example:
        >>> plain_typography("l’homme — “oui”")
        'l\'homme  -  "oui"'
    """
    for characters, plain in _PLAIN_TYPOGRAPHY:
        text = re.sub(characters, plain, text)
    return text


def language_piece(code: str) -> str:
    """Returns the piece before a text that asks for a language (Johnson et al. 2017, section 3).

    Example:
        >>> language_piece("fr")
        '<2fr>'
    """
    return f"<2{code}>"


@keras.saving.register_keras_serializable(package="zoo")
class SentencePieceTokenizer(Text):
    """SentencePiece subwords (Kudo and Richardson 2018, arXiv:1808.06226), case kept.

    The ids of the special pieces are fixed: 0 pads, 1 is an unknown character, 2 begins and
    3 ends a sentence. `tokenize` adds neither 2 nor 3.

    Text is normalised before it is cut: curly quotes and long dashes become plain ones, then
    SentencePiece's `nmt_nfkc` folds compatibility characters and turns every kind of space into
    one plain space. So French text, whose `?`, `!`, `:` and guillemets some authors set apart
    with a no-break space, some with a narrow one and some with a plain one, has one form:
    `Courez !` with a plain space. `detokenize` gives that form back.

    Args:
        proto: bytes of a SentencePiece model, as `train_sentencepiece` returns them; `None`
            for a tokenizer that is to be filled by `load_assets`.
        first: a piece that a model reads before every text, such as "<2fr>". None: none.
        longest: pieces that a model reads of a text, the first ones of a longer one; its end of
            sequence follows them. None: all. `encode` and `tokenize` cut nothing.

    Raises:
        ConfigError: if `longest` is not positive; at first use, when there is no model, or one with
            other special ids.

    Example:
        >>> tokenizer = SentencePieceTokenizer(proto)  # doctest: +SKIP
        >>> tokenizer.decode(tokenizer.encode(["A man rides a bicycle."]))  # doctest: +SKIP
        ['A man rides a bicycle.']
    """

    def __init__(
        self,
        proto: bytes | None = None,
        first: str | None = None,
        longest: int | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if longest is not None and longest < 1:
            raise ConfigError(f"longest is at least 1, or None, not {longest!r}.")
        self.proto = proto
        self.first = first
        self.longest = longest
        self._processor = None
        self._vocabulary_size = 0

    pad_id = PAD_ID
    unknown_id = UNKNOWN_ID
    bos_id = BOS_ID
    eos_id = EOS_ID

    @property
    def first_id(self) -> int | None:
        """The id of the piece before every text that is read.

        Raises:
            ConfigError: when there is no such piece.
        """
        if self.first is None:
            return None
        (found,) = self.ids([self.first])
        if found == UNKNOWN_ID:
            raise ConfigError(
                f"The tokenizer {self.name!r} has no piece {self.first!r}: train it with "
                "control_pieces."
            )
        return found

    @property
    def blank_steps(self) -> int:  # type: ignore[override]
        """Steps of a text with nothing in it: the end of sequence, and the first piece."""
        return 1 if self.first is None else 2

    def beginning_with(self, first: str | None) -> SentencePieceTokenizer:
        """The same pieces, with this one before every text that is read."""
        found = type(self)(self.proto, first, self.longest, name=self.name)
        found._processor, found._vocabulary_size = self._processor, self._vocabulary_size
        return found

    @property
    def arrays(self) -> dict[str, Array]:
        """`source`, ids with the end of sequence, behind the first piece where there is one."""
        return {"source": Array((None,), "int32", is_ids=True)}

    def ids_below(self, name: str) -> int:
        """The size of the vocabulary."""
        return self.vocabulary_size

    def prepare(self, items: Sequence[str], names=None) -> list[dict[str, np.ndarray]]:
        """The ids of each string and the end of sequence; unknown characters are passed over."""
        rows = self.encode(items, drop_unknown=True)
        first = [] if self.first is None else [self.first_id]
        kept = slice(self.longest)
        return [{"source": np.array([*first, *ids[kept], EOS_ID], "int32")} for ids in rows]

    def names_of(self, prepared):
        """The pieces."""
        return self.pieces(prepared["source"])

    def in_graph(self, raw):
        import tensorflow as tf

        ids = self.with_end(self.tokenize(raw["text"], drop_unknown=True)[:, : self.longest])
        if self.first is not None:
            first = tf.fill([ids.nrows(), 1], tf.constant(self.first_id, ids.dtype))
            ids = tf.concat([first, ids], axis=1)
        return {"source": ids.to_tensor()}

    @staticmethod
    def with_end(ids: tf.RaggedTensor) -> tf.RaggedTensor:
        """Ids `[n, (pieces)]` with the end of sequence after each row, in the graph."""
        import tensorflow as tf

        return tf.concat([ids, tf.fill([ids.nrows(), 1], tf.constant(EOS_ID, ids.dtype))], axis=1)

    @property
    def vocabulary_size(self) -> int:
        """Number of pieces, the four special ones included."""
        self._load()
        return self._vocabulary_size

    @property
    def processor(self):
        """The tensorflow-text tokenizer, a `tf.Module`."""
        return self._load()

    @property
    def resources(self) -> list:
        """What a SavedModel must track."""
        return [self.processor]

    def tokenize(self, strings: tf.Tensor, *, drop_unknown: bool = False) -> tf.RaggedTensor:
        """Cuts strings into ids, in the graph.

        Args:
            strings: UTF-8 strings, `[n]`.
            drop_unknown: cut the text as if the characters that have no piece, such as an emoji,
                were not in it, instead of reading them as the unknown piece.

        Returns:
            int32 ids, `[n, (pieces)]`, without begin and end of sentence.
        """
        import tensorflow as tf

        processor = self._load()
        for characters, plain in _PLAIN_TYPOGRAPHY:
            strings = tf.strings.regex_replace(strings, characters, plain)
        ids = processor.tokenize(strings)
        if drop_unknown:
            # A piece before or after the gap may be another one without it: cut once more.
            is_whole = tf.reduce_all(ids != UNKNOWN_ID, axis=1)
            ids = processor.tokenize(tf.where(is_whole, strings, self.detokenize(ids)))
        return ids

    def detokenize(self, ids: tf.Tensor | tf.RaggedTensor) -> tf.Tensor:
        """Joins ids into strings, in the graph. Ids that stand for no text are left out.

        Args:
            ids: integer ids, `[n, pieces]`, dense or ragged; special ids and ids outside of
                the vocabulary are dropped.

        Returns:
            UTF-8 strings, `[n]`.
        """
        import tensorflow as tf

        processor = self._load()
        if not isinstance(ids, tf.RaggedTensor):
            ids = tf.RaggedTensor.from_tensor(ids)
        ids = tf.cast(ids, tf.int32)
        is_text = (ids > EOS_ID) & (ids < self._vocabulary_size)
        return processor.detokenize(tf.ragged.boolean_mask(ids, is_text))

    def encode(self, texts: Sequence[str], *, drop_unknown: bool = False) -> list[list[int]]:
        """Cuts Python strings into lists of ids, without begin and end of sentence.

        Args:
            texts: strings; what UTF-8 cannot hold (a lone surrogate) is read as `?`.
            drop_unknown: as in `tokenize`.

        Returns:
            One list of ids for each string.

        Raises:
            ConfigError: when `texts` is not a list of strings.
        """
        import tensorflow as tf

        texts = list(texts) if not isinstance(texts, str) else texts
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise ConfigError("encode() takes a list of strings: put a single string in a list.")
        raw = [text.encode("utf-8", "replace") for text in texts]
        with tf.device("cpu"):
            strings = tf.constant(raw, tf.string, [len(raw)])
            return self.tokenize(strings, drop_unknown=drop_unknown).to_list()

    def decode(self, ids: Sequence[Sequence[int]]) -> list[str]:
        """Joins lists of ids into Python strings; special and unknown ids are left out.

        Args:
            ids: one list of ids for each string.

        Returns:
            One string for each list.
        """
        import tensorflow as tf

        rows = [[int(i) if 0 <= int(i) < 2**31 else PAD_ID for i in row] for row in ids]
        with tf.device("cpu"):
            ragged = tf.ragged.constant(rows, tf.int32, ragged_rank=1, inner_shape=())
            return [text.decode("utf-8", "replace") for text in self.detokenize(ragged).numpy()]

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Returns the piece of each id, to label the axes of an alignment.

        Args:
            ids: ids; one outside of the vocabulary reads as the unknown piece.

        Returns:
            One string for each id; `▁` marks the beginning of a word.
        """
        import tensorflow as tf

        processor = self._load()
        size = self._vocabulary_size
        known = [int(i) if 0 <= int(i) < size else UNKNOWN_ID for i in ids]
        with tf.device("cpu"):
            strings = processor.id_to_string(tf.constant(known, tf.int32, [len(known)]))
            return [piece.decode("utf-8", "replace") for piece in strings.numpy()]

    def ids(self, pieces: Sequence[str]) -> list[int]:
        """Returns the id of each piece; one that is not in the vocabulary is the unknown piece."""
        import tensorflow as tf

        with tf.init_scope(), tf.device("cpu"):  # in a graph too
            strings = tf.constant(list(pieces), tf.string, [len(pieces)])
            return self._load().string_to_id(strings).numpy().tolist()

    def _load(self):
        """Returns the tensorflow-text processor, made at first use."""
        if self._processor is None:
            if not self.proto:
                raise ConfigError(
                    f"The tokenizer {self.name!r} holds no SentencePiece model: give it one as "
                    "SentencePieceTokenizer(proto), or open the saved model it belongs to."
                )
            import tensorflow as tf
            import tensorflow_text

            # Also when first used inside a tf.data map or a tf.function, it is made outside.
            with tf.init_scope(), tf.device("cpu"):
                try:
                    processor = tensorflow_text.SentencepieceTokenizer(model=self.proto)
                    processor._model_resource = lasting_resource(self.proto)
                    size = int(processor.vocab_size())
                except tf.errors.OpError as error:
                    raise DamagedFileError(
                        f"The bytes given to the tokenizer {self.name!r} are no SentencePiece "
                        "model: train one with zoo.inputs.train_sentencepiece."
                    ) from error
                if size > len(SPECIAL_PIECES):
                    pieces = processor.id_to_string(tf.range(len(SPECIAL_PIECES)))
                    special = tuple(piece.decode() for piece in pieces.numpy())
                else:
                    special = ()
            if special != SPECIAL_PIECES:
                raise ConfigError(
                    f"The SentencePiece model of {self.name!r} begins with the pieces {special} "
                    f"instead of {SPECIAL_PIECES}: train it with pad_id=0, unk_id=1, bos_id=2 "
                    "and eos_id=3, as zoo.inputs.train_sentencepiece does."
                )
            self._processor, self._vocabulary_size = processor, size
        return self._processor

    def get_config(self) -> dict:
        """Returns the config; the SentencePiece model itself is saved as an asset."""
        longest = {} if self.longest is None else {"longest": self.longest}
        return {"name": self.name, "first": self.first, **longest}  # as files before it were

    def save_assets(self, dir_path: str) -> None:
        """Writes the SentencePiece model into the folder of a `.keras` file being saved."""
        if self.proto:
            with open(os.path.join(dir_path, "sentencepiece.model"), "wb") as file:
                file.write(self.proto)

    def load_assets(self, dir_path: str) -> None:
        """Reads the SentencePiece model at once: Keras removes the folder after loading."""
        path = os.path.join(dir_path, "sentencepiece.model")
        if not os.path.exists(path):
            raise MissingFileError(
                f"The saved model has no sentencepiece.model for the tokenizer {self.name!r}: "
                "save the model again with its tokenizer filled."
            )
        with open(path, "rb") as file:
            self.proto = file.read()
        self._processor = None
