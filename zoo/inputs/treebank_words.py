"""Where the words of a treebank are not those that signs and spaces part, in the graph.

Universal Dependencies part text into tokens and these into syntactic words. Some tokens keep their
signs (`peut-être`, `-tu`); some, contracted ones, have several words (`du` is `de` and `le`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf

LONGEST = 5  # pieces of a token that is kept whole
_ADD, _PART = "\n", " "  # stand in no token


@dataclasses.dataclass(frozen=True)
class TreebankWords:
    """The tokens of a language that are kept whole, and those that are contracted.

    Args:
        whole: tokens in lower case that a tokenizer would cut into at most five pieces.
        contracted: tokens, as they are written, and their syntactic words.
    """

    whole: tuple[str, ...] = ()
    contracted: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> TreebankWords:
        """Makes it of what `dataclasses.asdict` and JSON made of another."""
        contracted = found.get("contracted", {})
        return cls(tuple(found.get("whole", ())), {k: tuple(v) for k, v in contracted.items()})

    def __bool__(self) -> bool:
        return bool(self.whole or self.contracted)

    def tables(self) -> tuple[tf.lookup.StaticHashTable, tf.lookup.StaticHashTable]:
        """The tables that `apply` wants, made outside of any graph."""
        import tensorflow as tf

        def table(keys, values, default):
            encoded = [key.encode("utf-8") for key in keys]
            initializer = tf.lookup.KeyValueTensorInitializer(tf.constant(encoded), values)
            return tf.lookup.StaticHashTable(initializer, default)

        with tf.init_scope(), tf.device("cpu"):
            whole = [*self.whole, _ADD]  # no table is empty
            parts = [_PART.join(words).encode("utf-8") for words in self.contracted.values()]
            return (
                table(whole, tf.range(1, len(whole) + 1), 0),
                table([*self.contracted, _ADD], tf.constant([*parts, _ADD.encode()]), ""),
            )


def apply(tables, tokens, begins, ends):
    """Joins the pieces of whole tokens, and puts words in the place of contracted ones.

    Args:
        tables: from `TreebankWords.tables`.
        tokens: UTF-8 strings, ragged `[n, (tokens)]`.
        begins: the byte at which each begins, ragged int64.
        ends: the byte at which each ends.

    Returns:
        The words and their places, ragged `[n, (words)]`; the words of one contracted token have
        the place of it.
    """
    import tensorflow as tf

    whole, contracted = tables
    for pieces in range(LONGEST, 1, -1):
        tokens, begins, ends = _joined(whole, pieces, tokens, begins, ends)
    words = contracted.lookup(tokens.flat_values)
    words = tf.strings.split(tf.where(words == "", tokens.flat_values, words), _PART)
    counts = words.row_lengths()
    rows = tf.repeat(_text_of_each(tokens), counts)

    def ragged(values):
        return tf.RaggedTensor.from_value_rowids(values, rows, tokens.nrows())

    places = (tf.repeat(place.flat_values, counts) for place in (begins, ends))
    return ragged(words.flat_values), *map(ragged, places)


def _text_of_each(tokens):
    """The number of the text that each token is of, int64 `[tokens]`.

    `value_rowids` would take as much memory as all texts filled up to the longest.
    """
    import tensorflow as tf

    places = tf.range(tf.size(tokens.flat_values, tf.int64))
    return tf.searchsorted(tokens.row_splits, places, side="right", out_type=tf.int64) - 1


def _joined(whole, pieces, tokens, begins, ends):
    """Joins what is a whole token of so many pieces that touch each other."""
    import tensorflow as tf

    flat, begin, end = tokens.flat_values, begins.flat_values, ends.flat_values
    row = _text_of_each(tokens)
    count = tf.size(flat)

    def later(values, by, filling):
        """The values so many places further on."""
        return tf.concat([values[by:], tf.fill([tf.minimum(by, count)], filling)], 0)

    text, touch = flat, tf.ones([count], tf.bool)
    for by in range(1, pieces):
        # Which tokens of two texts never do: a text begins at 0, and no token ends there.
        touch &= later(begin, by, tf.constant(-1, begin.dtype)) == later(
            end, by - 1, tf.constant(-2, end.dtype)
        )
        text += later(flat, by, "")
    found = touch & (whole.lookup(tf.strings.lower(text, encoding="utf-8")) > 0)
    # Of those that overlap the first is taken: a run of them is rare, and its second is left out.
    for by in range(1, pieces):
        before = tf.concat([tf.zeros([tf.minimum(by, count)], tf.bool), found[: count - by]], 0)
        found &= ~before[:count]
    stays = tf.ones([count], tf.bool)
    for by in range(1, pieces):
        before = tf.concat([tf.zeros([tf.minimum(by, count)], tf.bool), found[: count - by]], 0)
        stays &= ~before[:count]
    flat = tf.where(found, text, flat)
    end = tf.where(found, later(end, pieces - 1, tf.constant(0, end.dtype)), end)
    kept = (tf.boolean_mask(values, stays) for values in (flat, begin, end))
    rows = tf.boolean_mask(row, stays)
    return tuple(tf.RaggedTensor.from_value_rowids(v, rows, tokens.nrows()) for v in kept)
