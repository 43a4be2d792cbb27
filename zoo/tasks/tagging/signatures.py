"""The function of an exported model that labels words.

`serving_default` gives for each text its `tokens` and their `tags`, strings `[batch, time]` that
are filled up with empty ones, `start` and `end`, the characters (Unicode code points, not bytes) at
which each token begins and ends, filled up with -1, and `token_count` `[batch]`, how many they are.

All is as `tag` says; a CRF chooses the tags of a text together. Memory is in proportion to the
batch and to its longest text, which has at most `model.most_steps` tokens: more are refused.
"""

from __future__ import annotations

import tensorflow as tf

from zoo.export.signatures import Signatures
from zoo.inputs.text import padded

_FARTHEST = 1 << 31  # bytes that no string has


class TaggerSignatures(Signatures):
    """For `zoo.tasks.SequenceTagger`; for the arguments see `Signatures`."""

    def functions(self):
        return {"serving_default": self._tagged}

    def _tagged(self, text):
        tokens, begins, ends = self.model.tokenizer.tokenize(text)
        tokens = self.limited(tokens, tokens.bounding_shape(axis=1))
        found = zip(("words", "characters"), self.model.tokenizer.look_up(tokens), strict=True)
        arrays = {name: padded(ids) for name, ids in found}
        numbers = self.model.label_numbers(*(arrays[name] for name in self.model.graph_inputs))
        width = tokens.bounding_shape(axis=1)
        is_token = tf.sequence_mask(tokens.row_lengths(), width)
        tags = tf.gather(tf.constant(self.model.labels), numbers[:, :width])
        return {
            "tokens": tokens.to_tensor(""),
            "tags": tf.where(is_token, tags, ""),
            "start": _characters_before(text, begins).to_tensor(-1),
            "end": _characters_before(text, ends).to_tensor(-1),
            "token_count": tf.cast(tokens.row_lengths(), tf.int32),
        }

    @classmethod
    def answers(cls, model, texts):
        rows = model.tag(list(texts))
        columns = {
            "tokens": ("", [[pair.token for pair in row] for row in rows]),
            "tags": ("", [[pair.tag for pair in row] for row in rows]),
            "start": (-1, [[pair.start for pair in row] for row in rows]),
            "end": (-1, [[pair.end for pair in row] for row in rows]),
        }
        found = {name: _filled(values, filling) for name, (filling, values) in columns.items()}
        return {**found, "token_count": [len(row) for row in rows]}


def _characters_before(text, places):
    """How many characters of a text begin before each of its bytes.

    Args:
        text: UTF-8 strings `[batch]`.
        places: ragged int64 `[batch, (places)]`, bytes.

    Returns:
        Ragged int32 of the same shape.
    """
    _, begins = tf.strings.unicode_decode_with_offsets(text, "UTF-8")
    # All texts are searched at once, each in a range of numbers of its own.
    known, sought = (
        x.value_rowids() * _FARTHEST + tf.cast(x.flat_values, tf.int64) for x in (begins, places)
    )
    before = tf.searchsorted(known, sought, out_type=tf.int64)
    before = before - tf.gather(begins.row_starts(), places.value_rowids())
    return places.with_flat_values(tf.cast(before, tf.int32))


def _filled(rows, filling):
    """Lists, all as long as the longest."""
    width = max(map(len, rows), default=0)
    return [[*row, *[filling] * (width - len(row))] for row in rows]
