"""The functions of an exported language model.

- `serving_default`: `text` `[batch]`, each text with what follows, the most probable token every
  time, and `continuation` `[batch]`, what follows alone; as `generate` with `temperature=0`;
- `sample`: the same, drawn, with four more inputs `[batch]`: `temperature`, float32, 0 being the
  most probable token every time; `top_k`, int32, how many tokens are drawn from, 0 being all;
  `top_p`, float32, how much probability is, 0 being all too; and `seed`, int64, for the same text
  every time, whatever batch it is in;
- `score`: `log_prob` and `perplexity`, `[batch]`, and `token_count` `[batch]`, int32, as `score`
  says.

How many tokens are added is said when the model is exported. Draws are those of TensorFlow, so that
a seed gives another text than in `generate`, from the same distribution.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import tree

from zoo.backend.time_loop import scan
from zoo.checked import Count
from zoo.decoding import GreedySearch, SampleSearch
from zoo.decoding.arguments import IMPOSSIBLE, positive
from zoo.decoding.sample_search import BITS
from zoo.errors import ConfigError
from zoo.export.signatures import Signatures
from zoo.inputs.text import padded

_LENGTH = 200  # tokens that are added, as those of `generate`
_WINDOW, _TOGETHER = 128, 2048  # tokens that are read at once: of a row, of all rows


class LanguageModelSignatures(Signatures):
    """For `zoo.tasks.LanguageModel` with any body.

    Args:
        model, quantize: as for `Signatures`.
        max_length: tokens that are added.

    Raises:
        ValueError: if `max_length` is not positive.
        ConfigError: if the tokenizer works in Python alone.
    """

    settings = ("max_length",)
    inputs = {
        "sample": {
            "temperature": tf.float32,
            "top_k": tf.int32,
            "top_p": tf.float32,
            "seed": tf.int64,
        }
    }

    def __init__(self, model: Any, quantize: str | None = None, max_length: Count = _LENGTH):
        for method in ("tokenize", "continuation", "resources"):
            if not hasattr(model.tokenizer, method):
                raise ConfigError(
                    f"A {type(model.tokenizer).__name__} cannot be exported: it has no {method}, "
                    "which works in the graph, as that of zoo.inputs.CharacterTokenizer does."
                )
        super().__init__(model, quantize)
        self._length = positive("max_length", max_length)

    def functions(self):
        return {"serving_default": self._best, "sample": self._sample, "score": self._score}

    def more_of(self, signature, rows, answers):
        if signature != "sample":
            return {}
        return {
            "temperature": tf.fill([rows], 0.8),
            "top_k": tf.fill([rows], 40),
            "top_p": tf.fill([rows], 0.95),
            "seed": tf.range(rows, dtype=tf.int64),
        }

    def _best(self, text):
        search = GreedySearch()
        return self._written(
            text,
            lambda logits, _: search.decide(logits, None),
            tf.zeros([self._length, tf.shape(text)[0]], tf.int32),
        )

    def _sample(self, text, temperature, top_k, top_p, seed):
        tf.debugging.assert_non_negative(temperature, "temperature must be 0 or more.")
        tf.debugging.assert_non_negative(top_k, "top_k must be 0, for all tokens, or more.")
        tf.debugging.assert_non_negative(top_p, "top_p must be 0, for all tokens, to 1.")
        tf.debugging.assert_less_equal(top_p, 1.0, "top_p must be 0, for all tokens, to 1.")
        top_p = tf.where(top_p > 0, top_p, 1.0)
        return self._written(
            text,
            lambda logits, draws: _drawn(logits, temperature, top_k, top_p, draws),
            tf.transpose(_draws(seed, self._length)),
        )

    def _score(self, text):
        ids = self.model.tokenizer.tokenize(text)
        log_probs, _ = self._read(ids)
        log_prob = tf.reduce_sum(tf.cast(log_probs, tf.float64), axis=1)
        count = ids.row_lengths()
        mean = -log_prob / tf.cast(tf.maximum(count, 1), tf.float64)
        return {
            "log_prob": tf.cast(log_prob, tf.float32),
            "perplexity": tf.cast(tf.exp(mean), tf.float32),
            "token_count": tf.cast(count, tf.int32),
        }

    def _written(self, text, decide, draws):
        """Continues texts.

        Args:
            text: strings `[batch]`.
            decide: float32 logits `[batch, 1, vocabulary]` and the draws of a step `[batch, 1]` to
                tokens `[batch, 1]`.
            draws: int32 `[time, batch]`.
        """
        ids = self.model.tokenizer.tokenize(text)
        _, state = self._read(ids)
        last = self._after_begin(ids)[:, -1:].flat_values

        def advance(carry, now):
            logits, state = self.model.writing_step(*carry)
            token = decide(logits[:, tf.newaxis], now[:, tf.newaxis])[:, 0]
            return (token, state), token

        _, tokens = scan(advance, (last, state), draws)
        tokens = tf.transpose(tf.concat([last[tf.newaxis], tokens], axis=0))
        continuation = self.model.tokenizer.continuation(tokens)
        return {"text": text + continuation, "continuation": continuation}

    def _after_begin(self, ids):
        """Ragged `[batch, 1 + (time)]`: that which a text is read after, and the text."""
        begin = tf.fill([ids.nrows(), 1], tf.constant(self.model.tokenizer.begin_id, tf.int32))
        return tf.concat([begin, ids], axis=1)

    def _read(self, ids):
        """Reads texts, a window after the other.

        Args:
            ids: ragged int32 `[batch, (time)]`.

        Returns:
            Float32 `[batch, time]`, the log-probability of every token, 0 at padding; and the state
            before the last tokens are read.
        """
        labels, tokens = padded(ids), padded(self._after_begin(ids)[:, :-1])
        rows, time = tf.unstack(tf.shape(labels))
        is_real = tf.sequence_mask(ids.row_lengths(), time)
        window = tf.clip_by_value(_TOGETHER // rows, 1, tf.minimum(_WINDOW, time))
        count = -(-time // window)
        filling = [[0, 0], [0, count * window - time]]
        parts = [
            tf.transpose(tf.reshape(tf.pad(x, filling), [rows, count, window]), [1, 0, 2])
            for x in (tokens, labels, is_real)
        ]
        begin = self.model.get_initial_state(rows)
        shapes = [tf.TensorShape([None, *x.shape[1:]]) for x in tree.flatten(begin)]

        def read(state, part):
            log_probs, state = self.model.log_probs(*part, state)
            kept = [
                tf.ensure_shape(*pair) for pair in zip(tree.flatten(state), shapes, strict=True)
            ]
            return tree.pack_sequence_as(begin, kept), tf.where(part[2], log_probs, 0.0)

        state, log_probs = scan(read, begin, tuple(parts))
        log_probs = tf.reshape(tf.transpose(log_probs, [1, 0, 2]), [rows, count * window])
        return log_probs[:, :time], state

    @classmethod
    def answers(cls, model, items, max_length=_LENGTH):
        written = model.generate(list(items), max_length, temperature=0)
        rests = [whole[len(text) :] for whole, text in zip(written, items, strict=True)]
        return {"text": written, "continuation": rests}


def _draws(seed, time):
    """Int32 draws `[batch, time]` of the kind that `SampleSearch` decides by, each row its own."""

    def of_row(one):
        return tf.random.stateless_uniform(
            [time], [one, 0], minval=0, maxval=1 << BITS, dtype=tf.int32, alg="philox"
        )

    return tf.map_fn(of_row, seed, fn_output_signature=tf.TensorSpec([time], tf.int32))


def _drawn(logits, temperature, top_k, top_p, draws):
    """The next tokens `[batch, 1]` as `SampleSearch` decides, each row by settings of its own.

    Args:
        logits: float32 `[batch, 1, vocabulary]`.
        temperature: float32 `[batch]`, 0 for the most probable token.
        top_k: int32 `[batch]`, 0 for all.
        top_p: float32 `[batch]`, 1 for all.
        draws: int32 `[batch, 1]`.
    """
    vocabulary = tf.shape(logits)[-1]
    temperature = temperature[:, tf.newaxis, tf.newaxis]
    is_all = tf.logical_and(top_k == 0, top_p == 1)[:, tf.newaxis]
    # A part of the probability may be that of any number of tokens.
    is_any_many = tf.logical_and(top_k == 0, top_p < 1)
    top_k = tf.where(is_any_many, vocabulary, top_k)[:, tf.newaxis]
    best = GreedySearch().decide(logits, None)
    logits = logits / tf.where(temperature > 0, temperature, 1.0)
    search = SampleSearch()
    of_all = search.decide(logits, draws)
    # The most that any row wants, and in each row those that it wants.
    width = tf.clip_by_value(tf.reduce_max(top_k), 1, vocabulary)
    values, tokens = tf.math.top_k(logits, width)
    values = tf.where(tf.range(width) < top_k[:, tf.newaxis], values, IMPOSSIBLE)
    before = tf.cumsum(tf.nn.softmax(values), axis=-1, exclusive=True)
    values = tf.where(before < top_p[:, tf.newaxis, tf.newaxis], values, IMPOSSIBLE)
    place = search.decide(values, draws)
    of_top = tf.gather(tokens, place[..., tf.newaxis], batch_dims=2)[..., 0]
    return tf.where(temperature[..., 0] > 0, tf.where(is_all, of_all, of_top), best)
