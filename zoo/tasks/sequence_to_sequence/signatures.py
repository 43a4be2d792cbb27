"""The functions of an exported model that turns text into text.

Each takes `text`, strings `[batch]`, of which a batch may have none and any may be empty, and the
last `target` of the same shape besides:

- `serving_default`: `text` `[batch]` and `score` `[batch]`, the best output of each input;
- `n_best`: `text`, `score` and `log_prob`, `[batch, beam size]` each, the best first;
- `alignment`: as `serving_default`, with the subwords `tokens` `[batch, time]` and
  `source_tokens` `[batch, source time]`, both filled up with empty strings, and `attention`
  `[batch, time, source time]`;
- `score`: `log_prob`, `score` and `perplexity`, `[batch]` each, of the given targets, as
  `model.score` has them.

An input without any text gives an empty output with score 0, as `translate` does.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from zoo.decoding import BeamSearch, GreedySearch, Hypotheses, Rule
from zoo.decoding.arguments import positive
from zoo.export.signatures import Signatures
from zoo.tasks.sequence_to_sequence.output_limits import longest_output


class TranslationSignatures(Signatures):
    """For models with `start`, `step`, `source_tokenizer` and `target_tokenizer`.

    Args:
        model, quantize: as for `Signatures`.
        beam_size: width of the beam; 1 is greedy search.
        max_length: tokens of the longest output, in addition to `translate`'s own limit, which is
            twice the source and ten. None: that limit alone.
        alpha: strength of the length normalisation, see `zoo.decoding.Search`.
        length_penalty: "wu" or "average", see there.

    Raises:
        ValueError: for an argument outside its range.
    """

    settings: tuple[str, ...] = ("beam_size", "max_length", "alpha", "length_penalty")
    tokenizers = ("source_tokenizer", "target_tokenizer")
    inputs = {"score": {"target": tf.string}}

    def __init__(
        self,
        model: Any,
        quantize: str | None = None,
        beam_size: int = 5,
        max_length: int | None = None,
        alpha: float = 1.0,
        length_penalty: str = "wu",
    ):
        super().__init__(model, quantize)
        shared: dict[str, Any] = dict(
            alpha=alpha, length_penalty=length_penalty, rules=self.rules_of(model)
        )
        self._search_of = {
            n: GreedySearch(**shared)
            if beam_size == 1
            else BeamSearch(beam_size, n_best=n, **shared)
            for n in {1, beam_size}
        }
        self._max_length = None if max_length is None else positive("max_length", max_length)
        self._beam_size = beam_size

    @staticmethod
    def rules_of(model: Any) -> list[Rule]:
        """What outputs must keep to."""
        return []

    def functions(self):
        return {
            "serving_default": self._best,
            "n_best": self._n_best,
            "alignment": self._alignment,
            "score": self._score,
        }

    def more_of(self, signature, text, answers):
        return {"target": answers["text"]} if signature == "score" else {}

    @classmethod
    def answers(cls, model, texts, beam_size=5, alpha=1.0, length_penalty="wu"):
        ranking = dict(beam_size=beam_size, alpha=alpha, length_penalty=length_penalty)
        found = model.translate(list(texts), **ranking, return_attention=True)
        return {"text": [one.text for one in found], "score": [one.score for one in found]}

    def _best(self, text):
        found, _, has_text = self._search(text, 1)
        return {
            "text": self._texts(found)[:, 0],
            "score": tf.where(has_text, found.scores, 0.0)[:, 0],
        }

    def _n_best(self, text):
        found, _, has_text = self._search(text, self._beam_size)
        return {
            "text": self._texts(found),
            "score": tf.where(has_text, found.scores, 0.0),
            "log_prob": tf.where(has_text, found.log_probs, 0.0),
        }

    def _alignment(self, text):
        found, source, has_text = self._search(text, 1, return_attention=True)
        source = tf.where(has_text, source, 0)
        model = self.model
        return {
            "text": self._texts(found)[:, 0],
            "score": tf.where(has_text, found.scores, 0.0)[:, 0],
            "tokens": _pieces(model.target_tokenizer, found.ids[:, 0]),
            "source_tokens": _pieces(model.source_tokenizer, source),
            "attention": found.attention[:, 0],
        }

    def _score(self, text, target):
        model = self.model
        source = _ids(model.source_tokenizer, text, drop_unknown=True).to_tensor()
        labels = _ids(model.target_tokenizer, target).to_tensor()
        begin = tf.fill([tf.shape(labels)[0], 1], tf.cast(model.target_tokenizer.bos_id, tf.int32))
        inputs = {"source": source, "target": tf.concat([begin, labels[:, :-1]], axis=1)}
        logits = tf.cast(model(inputs), tf.float32)
        chosen = tf.gather(logits, labels, axis=-1, batch_dims=2)
        is_label = labels != model.target_tokenizer.pad_id
        log_probs = tf.where(is_label, chosen - tf.reduce_logsumexp(logits, axis=-1), 0.0)
        log_prob = tf.reduce_sum(log_probs, axis=-1)
        length = tf.reduce_sum(tf.cast(is_label, tf.int32), axis=-1)
        return {
            "log_prob": log_prob,
            "score": self._search_of[1].normalise(log_prob, length),
            "perplexity": tf.exp(-log_prob / tf.cast(length, tf.float32)),
        }

    def _search(self, text, n, return_attention=False) -> tuple[Hypotheses, Any, Any]:
        """Hypotheses, source ids `[batch, time]`, and bool `[batch, 1]`: is there any text."""
        model = self.model
        ids = _ids(model.source_tokenizer, text, drop_unknown=True)
        has_text = tf.expand_dims(ids.row_lengths() > 1, 1)
        limits = tf.cast(longest_output(ids.row_lengths()), tf.int32)
        if self._max_length is not None:
            limits = tf.minimum(limits, self._max_length)
        source = ids.to_tensor()
        states, constants = model.start(source)
        # Where there is no text, nothing is searched for: the first step ends it.
        limits = tf.where(has_text[:, 0], limits, 1)
        found = self._search_of[n](model.step, states, constants, limits, return_attention)
        blank = tf.cast(has_text, found.ids.dtype)[:, :, tf.newaxis]
        found = found._replace(ids=found.ids * blank)
        if return_attention:
            shown = tf.cast(has_text, found.attention.dtype)[:, :, tf.newaxis, tf.newaxis]
            found = found._replace(attention=found.attention * shown)
        return found, source, has_text

    def _texts(self, found: Hypotheses):
        """Strings `[batch, n]`."""
        flat = tf.reshape(found.ids, [-1, tf.shape(found.ids)[2]])
        texts = self.model.target_tokenizer.detokenize(flat)
        return tf.reshape(texts, tf.shape(found.ids)[:2])


def _ids(tokenizer, text, drop_unknown=False):
    """Ids of strings, each with the end of sequence: ragged int32 `[batch, (time)]`.

    Padded by `to_tensor`, whose 0 is the tokenizers' padding.
    """
    ids = tokenizer.tokenize(text, drop_unknown=drop_unknown)
    end = tf.fill([ids.nrows(), 1], tf.cast(tokenizer.eos_id, ids.dtype))
    return tf.concat([ids, end], axis=1)


def _pieces(tokenizer, ids):
    """Subwords of ids `[batch, time]`, empty where there is padding."""
    return tf.where(ids == tokenizer.pad_id, "", tokenizer.processor.id_to_string(ids))
