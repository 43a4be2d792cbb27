"""What greedy and beam search share: special tokens, the step function's contract, histories.

Decoding knows no model. A step function maps `(tokens, states, constants)` to
`(logits, states, attention)`:

- tokens: int32 `[batch, beam]`, the previous tokens, at first the begin of sequence;
- states: a list of tensors `[batch, beam, ...]`, which follow their hypotheses;
- constants: whatever does not change in time, such as the encoder's memory and its projection; it
  is handed through as it is, never copied per beam and never gathered;
- logits: `[batch, beam, vocabulary]`, log-probabilities up to a constant per row, so that
  log-probabilities themselves will do;
- attention: `[batch, beam, memory time]`, or None.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Self

import keras
import numpy as np
from keras import ops

from zoo.backend.time_loop import scan
from zoo.checked import checked
from zoo.decoding.arguments import (  # noqa: F401
    BOS_ID,
    EOS_ID,
    IMPOSSIBLE,
    LENGTH_PENALTIES,
    PAD_ID,
    not_negative,
    positive,
)
from zoo.decoding.best_tokens import log_sum_exp
from zoo.decoding.rules import Rule, RuledStep
from zoo.errors import ConfigError


class Search:
    """Base of searches: plain objects with a config.

    Args:
        max_length: tokens of the longest output, the end of sequence included. None: the greatest
            of the `max_lengths` of the call, which asks for a backend with dynamic shapes.
        alpha: strength of the length normalisation, at least 0; 0 scores by `log P`.
        length_penalty: what `log P` is divided by: "wu", `((5 + length) / 6) ** alpha` (Wu et al.
            2016, arXiv:1609.08144, eq. 14), or "average", `length ** alpha`, which scores by the
            mean over the tokens where alpha is 1.
        rules: what outputs must keep to, see `zoo.decoding.rules`.
        bos_id: the token before the first.
        eos_id: the token that ends a sequence. Padding is 0.

    Raises:
        ConfigError: for an argument outside its range.
    """

    gives_scores = False  # whether steps give scores, which are added up as they are, not logits

    @checked()
    def __init__(
        self,
        max_length: int | None = None,
        alpha: float = 1.0,
        length_penalty: str = "wu",
        rules: Sequence[Rule] = (),
        bos_id: int = BOS_ID,
        eos_id: int = EOS_ID,
    ):
        self.max_length = None if max_length is None else positive("max_length", max_length)
        self.alpha = not_negative("alpha", alpha)
        self.length_penalty = length_penalty
        self.rules = list(rules)
        self.bos_id = bos_id
        self.eos_id = eos_id

    @property
    def n(self) -> int:
        """Hypotheses that are returned for each row."""
        return 1

    @property
    def length_penalty(self) -> str:
        """The name of the penalty for length; kept as a number, which can be given to a graph."""
        return next(name for name, added in LENGTH_PENALTIES.items() if added == self.added_length)

    @length_penalty.setter
    def length_penalty(self, name: str) -> None:
        if name not in LENGTH_PENALTIES:
            raise ConfigError(f"length_penalty must be 'wu' or 'average', not {name!r}.")
        self.added_length = LENGTH_PENALTIES[name]

    def limits(self, max_lengths):
        """The limit of each row, int32 `[batch]`, and the length of the histories."""
        max_lengths = ops.cast(max_lengths, "int32")
        if self.max_length is None:
            return max_lengths, ops.max(ops.concatenate([max_lengths, ops.ones(1, "int32")]))
        return ops.minimum(max_lengths, self.max_length), self.max_length

    def begin(self, step, tokens, states, constants, max_lengths, time, return_attention):
        """The step function and the states with the search's rules, and the attention if needed.

        Args:
            step: the step function of the model.
            tokens: int32 `[batch, beam]`, the first tokens.
            states: the model's, a list of `[batch, beam, ...]`.
            constants: handed to `step` as it is.
            max_lengths: int32 `[batch]`.
            time: length of the histories.
            return_attention: whether the attention's shape is wanted in any case.
        """
        weights = None
        if return_attention or any(rule.wants_attention for rule in self.rules):
            weights = step(tokens, states, constants)[2]
        if not self.rules:
            return step, states, weights
        step = self.ruled(step)
        memory_time = None if weights is None else ops.shape(weights)[-1]
        own = step.start(max_lengths, tokens.shape[1], time, memory_time)
        return step, [*own, *states], weights

    def ruled(self, step):
        """The step function with the search's rules."""
        if not self.rules:
            return step
        return RuledStep(step, self.rules, self.eos_id, self.gives_scores)

    def log_sum(self, logits, best):
        """What is taken from logits to make them log-probabilities: `[..., 1]`.

        Rules are kept by a step that gives log-probabilities, without those it forbids.

        Args:
            logits: `[..., vocabulary]`.
            best: `[..., 1]`, the highest of them.
        """
        if self.rules or self.gives_scores:
            return ops.zeros_like(best)
        return log_sum_exp(logits, best)

    def scores(self, log_probs, lengths, states):
        """What hypotheses are ranked by: log-probability normalised by length, and the rules'."""
        scores = self.normalise(log_probs, lengths)
        return scores + RuledStep.score(self.rules, states) if self.rules else scores

    def normalise(self, log_probs, lengths):
        """The score of a hypothesis: its log-probability over the penalty for its length.

        Args:
            log_probs: of the tokens together.
            lengths: how many they are, the end included; 0 counts as 1.
        """
        lengths = ops.maximum(ops.cast(lengths, "float32"), 1.0)
        lengths = (self.added_length + lengths) / (self.added_length + 1.0)
        return log_probs / lengths**self.alpha

    def given(self) -> dict[str, float]:
        """The attributes that a compiled search takes as arguments, and their values.

        What changes from call to call needs no new function then. A subclass names those that its
        methods use as numbers alone, never to decide what is computed. Others are compiled in.
        """
        return {}

    def given_array(self) -> np.ndarray:
        """The values of `given()`, float32 `[n]`; what is beyond float32 is its greatest number."""
        most = np.finfo("float32").max
        return np.clip([*self.given().values()], -most, most).astype("float32")

    def with_given(self, values) -> Self:
        """The same search with other values of `given()`, in its order: tensors, or numbers."""
        search = copy.copy(self)
        for place, name in enumerate(self.given()):
            setattr(search, name, values[place])
        return search

    def cache_fields(self) -> dict:
        """The attributes that a compiled search depends on: all but the values of `given()`."""
        given = self.given()
        return {name: name if name in given else value for name, value in vars(self).items()}

    def get_config(self) -> dict:
        return {
            "max_length": self.max_length,
            "alpha": self.alpha,
            "length_penalty": self.length_penalty,
            "rules": [keras.saving.serialize_keras_object(rule) for rule in self.rules],
            "bos_id": self.bos_id,
            "eos_id": self.eos_id,
        }

    @classmethod
    def from_config(cls, config: dict) -> Search:
        rules = [keras.saving.deserialize_keras_object(rule) for rule in config.get("rules", ())]
        return cls(**{**config, "rules": rules})

    def __repr__(self) -> str:
        bare = copy.copy(self)  # a config of all rules, which may hold a dictionary, is not wanted
        bare.rules = []
        config = {**bare.get_config(), "rules": self.rules}
        arguments = ", ".join(f"{key}={value!r}" for key, value in config.items())
        return f"{type(self).__name__}({arguments})"


def write_at(history, t, values):
    """`history[:, :, t] = values`, for `[batch, beam, time, ...]` and `[batch, beam, ...]`."""
    here = ops.arange(ops.shape(history)[2], dtype="int32") == t
    here = ops.reshape(here, (1, 1, -1) + (1,) * (len(history.shape) - 3))
    return ops.where(here, ops.expand_dims(values, 2), history)


def gather_beams(values, beams):
    """Picks hypotheses: `[batch, beam, ...]` by `[batch, n]` gives `[batch, n, ...]`."""
    batch, beam = ops.shape(values)[:2]
    rows = ops.expand_dims(ops.arange(batch, dtype="int32") * beam, 1) + beams
    flat = ops.reshape(values, (-1, *ops.shape(values)[2:]))
    return ops.take(flat, rows, axis=0)


def follow_back(beams, parents, *histories):
    """Reads histories along back-pointers.

    Args:
        beams: int32 `[batch, n]`, the slots where the sequences end.
        parents: int32 `[batch, beam, time]`, the slot each step came from.
        histories: `[batch, beam, time, ...]`, written at the slot each step went to.

    Returns:
        The histories of the chosen sequences, each `[batch, n, time, ...]`.
    """

    def time_first(x):
        return ops.moveaxis(x, 2, 0)

    def back(beams, inputs):
        parents, *values = inputs
        return gather_beams(parents, beams), tuple(gather_beams(v, beams) for v in values)

    inputs = tuple(time_first(x) for x in (parents, *histories))
    _, chosen = scan(back, beams, inputs, reverse=True)
    return tuple(ops.moveaxis(x, 0, 2) for x in chosen)
