"""The functions of an exported model that repairs words.

`text` is one word each, in any case. `serving_default` gives `text` and `score`, `[batch]`: the
repaired word in lower case and its log-probability, normalised by length; `n_best` also `log_prob`,
all `[batch, beam size]`. A word on the model's lists of words and names stays as it is and scores
0, as do a single letter, what has no letter that the model knows, and, of a model with a list of
names, a capitalised word that fits none of its words. What is given is taken for one
word, where `repair` looks for the words in a text.
"""

from __future__ import annotations

import itertools
from typing import Any

import tensorflow as tf

from zoo.checked import BeamSize
from zoo.tasks.sequence_to_sequence.common_words import HOLE, HOLES_WEIGHT
from zoo.tasks.sequence_to_sequence.signatures import DecodingSignatures
from zoo.tasks.sequence_to_sequence.speller import BEAM


class SpellerSignatures(DecodingSignatures):
    """For `zoo.tasks.Speller`; for the arguments see `DecodingSignatures`."""

    settings = ("beam_size",)
    inputs = {}
    samples = ("hellx", "Mornixx", "netwxxx", "", "wrld", "駅", "hello")

    def __init__(self, model: Any, quantize: str | None = None, beam_size: BeamSize = BEAM):
        self._tells_names = model.lexicon is not None and model.names is not None
        super().__init__(model, quantize, max(beam_size, 2) if self._tells_names else beam_size)
        lists = [part.words for part in (model.lexicon, model.names) if part is not None]
        words = sorted({"", *itertools.chain(*lists)})
        self._log_counts = _log_counts(model.counts_of())
        keys = tf.constant([word.encode() for word in words])
        values = tf.ones([len(words)], tf.int32)
        self._listed = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(keys, values), 0
        )

    @staticmethod
    def rules_of(model):
        return model.rules

    def functions(self):
        return {"serving_default": self._best, "n_best": self._n_best}

    def more_of(self, signature, rows, answers):
        return {}

    def _best(self, text):
        found = self._n_best(text)
        return {key: found[key][:, 0] for key in ("text", "score")}

    def _n_best(self, text):
        given = tf.strings.substr(text, 0, 1, unit="UTF8_CHAR")
        text = tf.strings.lower(text, encoding="utf-8")
        is_capital = given != tf.strings.substr(text, 0, 1, unit="UTF8_CHAR")
        found = super()._n_best(text)
        found["text"] = tf.strings.lower(found["text"], encoding="utf-8")
        if self._log_counts is not None:
            order = self._common_first(text, found["text"], found["score"])
            found = {key: tf.gather(many, order, batch_dims=1) for key, many in found.items()}
        first = tf.range(tf.shape(found["text"])[1]) == 0
        stays = (self._listed.lookup(text) > 0) | (found["text"][:, 0] == "")
        stays = stays | (tf.strings.length(text, unit="UTF8_CHAR") < 2)
        if self._tells_names:
            shares = tf.where(found["text"] == "", 0.0, tf.exp(found["log_prob"]))
            stays = stays | (is_capital & (tf.reduce_sum(shares, axis=1) < self.model.fits))
        stays = stays[:, tf.newaxis]
        own = tf.where(first, text[:, tf.newaxis], "")
        return {
            "text": tf.where(stays, own, found["text"]),
            "score": tf.where(stays, 0.0, found["score"]),
            "log_prob": tf.where(stays, 0.0, found["log_prob"]),
        }

    def _common_first(self, text, found, scores):
        """The order that `common_words.common_first` gives to what was found, `[batch, beam]`."""
        shape = tf.shape(found)
        sides = tf.stack([tf.reshape(found, [-1]), tf.repeat(text, shape[1])])
        letters, asked = tf.unstack(tf.strings.unicode_split(sides, "UTF-8").to_tensor())
        is_as_long = tf.reduce_all((letters == "") == (asked == ""), axis=1, keepdims=True)
        letters = tf.where((asked == HOLE) & is_as_long, HOLE, letters)
        both = [tf.sparse.from_dense(side) for side in (letters, asked)]
        away = tf.reshape(tf.edit_distance(*both, normalize=False), shape)
        is_near = away == away[:, :1]
        weights = tf.where(away[:, :1] > 0, self.model.commonness, HOLES_WEIGHT)
        preferred = scores + weights * self._log_counts.lookup(found)
        places = tf.argsort(tf.where(is_near, 0, 1), axis=1, stable=True)
        by_count = tf.argsort(
            tf.where(is_near, preferred, -float("inf")), 1, "DESCENDING", stable=True
        )
        return tf.gather(by_count, tf.argsort(places, axis=1), batch_dims=1)

    @classmethod
    def answers(cls, model, items, beam_size=BEAM):
        repaired = model.repair(list(items), beam_size=beam_size)
        return {"text": [word.lower() for word in repaired]}


def _log_counts(counts: dict[str, int]) -> tf.lookup.StaticHashTable | None:
    """The natural logarithms of how often words are seen; None where no repair asks for them."""
    if not counts:
        return None
    keys = tf.constant([word.encode() for word in counts])
    values = tf.math.log(tf.constant(list(counts.values()), tf.float32))
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), 0.0)
