"""The functions of an exported model that decodes.

Each takes the raw items of the model's input, such as `text`, strings `[batch]`, of which a batch
may have none and any may be empty, and the last `target`, strings `[batch]`, besides:

- `serving_default`: `text` `[batch]` and `score` `[batch]`, the best output of each input;
- `n_best`: `text`, `score` and `log_prob`, `[batch, beam size]` each, the best first;
- `alignment`: as `serving_default`, with the subwords `tokens` `[batch, time]` and, of text,
  `source_tokens` `[batch, source time]`, both filled up with empty strings, and `attention`
  `[batch, time, source time]`; not of models without attention;
- `score`: `log_prob`, `score` and `perplexity`, `[batch]` each, of the given targets, as
  `model.score` has them.

A model that writes several languages takes `language` too, strings `[batch]`, the code of each
item's, which is refused if the model has no such language.

An item with nothing in it gives an empty output with score 0, as the model's verb does.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from zoo.checked import BeamSize, Count, Strength
from zoo.decoding import BeamSearch, GreedySearch, Hypotheses, Rule
from zoo.decoding.arguments import positive
from zoo.export.signatures import Signatures
from zoo.inputs.input import Raw
from zoo.inputs.subwords import language_piece


class DecodingSignatures(Signatures):
    """For a `DecodingModel`.

    Args:
        model, quantize: as for `Signatures`.
        beam_size: width of the beam; 1 is greedy search.
        max_length: tokens of the longest output, in addition to the model's own limit. None:
            that limit alone.
        alpha: strength of the length normalisation, see `zoo.decoding.Search`.
        length_penalty: "wu" or "average", see there.

    Raises:
        ValueError: for an argument outside its range.
    """

    settings: tuple[str, ...] = ("beam_size", "max_length", "alpha", "length_penalty")
    inputs = {"score": {"target": tf.string}}

    def __init__(
        self,
        model: Any,
        quantize: str | None = None,
        beam_size: BeamSize = 5,
        max_length: Count | None = None,
        alpha: Strength = 1.0,
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
        # Ids of the pieces of the languages, none of a model that writes one.
        self._targets = model.targets
        pieces = [language_piece(code) for code in self._targets]
        self._pieces = model.input.ids(pieces) if pieces else []
        self._max_length = None if max_length is None else positive("max_length", max_length)
        self._beam_size = beam_size

    @staticmethod
    def parts_of(model):
        return [model.input, model.target_tokenizer]

    @staticmethod
    def rules_of(model: Any) -> list[Rule]:
        """What outputs must keep to."""
        return []

    def functions(self):
        found = {"serving_default": self._best, "n_best": self._n_best}
        if self.model.has_attention:
            found["alignment"] = self._alignment
        found["score"] = self._score
        return found

    def more_of(self, signature, rows, answers):
        return {"target": answers["text"]} if signature == "score" else {}

    def raw_of(self, signature):
        more = {"language": Raw("string")} if self._targets else {}
        return {**self.model.input.raw, **more}

    @classmethod
    def raw_of_items(cls, model, items):
        raw, codes = model.input.raw_of(items), model.targets
        if codes:  # in turn
            raw["language"] = [codes[i % len(codes)].encode() for i in range(len(items))]
        return raw

    @classmethod
    def answers(cls, model, items, beam_size=5, alpha=1.0, length_penalty="wu"):
        ranking = dict(beam_size=beam_size, alpha=alpha, length_penalty=length_penalty)
        verb, codes = getattr(model, model.verb_name), model.targets
        found: list = [None] * len(items)
        for place, code in enumerate(codes or (None,)):
            more = {"target": code} if codes else {}
            places = range(place, len(items), len(codes) or 1)
            outputs = verb([items[i] for i in places], **ranking, **more, return_attention=True)
            for i, output in zip(places, outputs, strict=True):
                found[i] = output
        return {"text": [one.text for one in found], "score": [one.score for one in found]}

    def arrays_of(self, *raw):
        if not self._targets:
            return super().arrays_of(*raw)
        *raw, language = raw
        arrays = self.model.input.in_graph(dict(zip(self.model.input.raw, raw, strict=True)))
        is_asked = language[:, tf.newaxis] == tf.constant(self._targets)
        known = f"language is one of {', '.join(self._targets)}."
        is_blank = language == ""  # of the row that a batch of none is given
        fits = tf.debugging.assert_equal(tf.reduce_any(is_asked, 1) | is_blank, True, known)
        with tf.control_dependencies([fits]):
            first = tf.gather(tf.constant(self._pieces), tf.argmax(is_asked, axis=1))
        first = tf.cast(first[:, tf.newaxis], arrays["source"].dtype)
        return self.required({"source": tf.concat([first, arrays["source"]], axis=1)})

    def _best(self, *raw):
        found, has_content = self._search(raw, 1)
        return {
            "text": self._texts(found)[:, 0],
            "score": tf.where(has_content, found.scores, 0.0)[:, 0],
        }

    def _n_best(self, *raw):
        found, has_content = self._search(raw, self._beam_size)
        return {
            "text": self._texts(found),
            "score": tf.where(has_content, found.scores, 0.0),
            "log_prob": tf.where(has_content, found.log_probs, 0.0),
        }

    def _alignment(self, *raw):
        found, has_content = self._search(raw, 1, return_attention=True)
        model = self.model
        outputs = {
            "text": self._texts(found)[:, 0],
            "score": tf.where(has_content, found.scores, 0.0)[:, 0],
            "tokens": _pieces(model.target_tokenizer, found.ids[:, 0]),
            "attention": found.attention[:, 0],
        }
        if hasattr(model.input, "processor"):
            source = tf.where(has_content, self.arrays_of(*raw)["source"], 0)
            outputs["source_tokens"] = _pieces(model.input, source)
        return outputs

    def _score(self, *raw_and_target):
        log_prob, score, length = self._scored(*raw_and_target)
        perplexity = tf.exp(-log_prob / tf.cast(length, tf.float32))
        return {"log_prob": log_prob, "score": score, "perplexity": perplexity}

    def _scored(self, *raw_and_target):
        """Log-probabilities, scores and tokens of given outputs, `[batch]` each."""
        *raw, target = raw_and_target
        model, tokenizer = self.model, self.model.target_tokenizer
        labels = tokenizer.with_end(tokenizer.tokenize(target))
        labels = self.limited(labels, labels.bounding_shape(axis=1)).to_tensor()
        begin = tf.fill([tf.shape(labels)[0], 1], tf.cast(tokenizer.bos_id, labels.dtype))
        target = tf.concat([begin, labels[:, :-1]], axis=1)
        logits = tf.cast(model({**self.arrays_of(*raw), "target": target}), tf.float32)
        chosen = tf.gather(logits, labels, axis=-1, batch_dims=2)
        is_label = labels != tokenizer.pad_id
        log_probs = tf.where(is_label, chosen - tf.reduce_logsumexp(logits, axis=-1), 0.0)
        log_prob = tf.reduce_sum(log_probs, axis=-1)
        length = tf.reduce_sum(tf.cast(is_label, tf.int32), axis=-1)
        return log_prob, self._search_of[1].normalise(log_prob, length), length

    def _search(self, raw, n, return_attention=False) -> tuple[Hypotheses, Any]:
        """Hypotheses, and bool `[batch, 1]`: whether there is anything in an item."""
        model, arrays = self.model, self.arrays_of(*raw)
        mask = model.input.mask(arrays)
        blank_steps = model.input.blank_steps + bool(self._targets)
        if mask is None:
            steps = tf.fill([tf.shape(raw[0])[0]], blank_steps + 1)
        else:
            steps = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
        has_content = tf.expand_dims(steps > blank_steps, 1)
        limits = tf.cast(model.longest_outputs(steps), tf.int32)
        if self._max_length is not None:
            limits = tf.minimum(limits, self._max_length)
        states, constants = model.start(*arrays.values())
        # Where there is nothing, nothing is searched for: the first step ends it.
        limits = tf.where(has_content[:, 0], limits, 1)
        found = self._search_of[n](model.step, states, constants, limits, return_attention)
        blank = tf.cast(has_content, found.ids.dtype)[:, :, tf.newaxis]
        found = found._replace(ids=found.ids * blank)
        if return_attention:
            shown = tf.cast(has_content, found.attention.dtype)[:, :, tf.newaxis, tf.newaxis]
            found = found._replace(attention=found.attention * shown)
        return found, has_content

    def _texts(self, found: Hypotheses):
        """Strings `[batch, n]`."""
        flat = tf.reshape(found.ids, [-1, tf.shape(found.ids)[2]])
        texts = self.model.target_tokenizer.detokenize(flat)
        return tf.reshape(texts, tf.shape(found.ids)[:2])


def _pieces(tokenizer, ids):
    """Subwords of ids `[batch, time]`, empty where there is padding."""
    return tf.where(ids == tokenizer.pad_id, "", tokenizer.processor.id_to_string(ids))
