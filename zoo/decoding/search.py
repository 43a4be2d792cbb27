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

import math
import numbers

from keras import ops

from zoo.time_loop import scan

PAD_ID, BOS_ID, EOS_ID = 0, 2, 3
IMPOSSIBLE = -1e30  # a log-probability that nothing real reaches, finite so that sums stay finite


class Search:
    """Base of searches: plain objects with a config.

    Args:
        max_length: tokens of the longest output, the end of sequence included. None: the greatest
            of the `max_lengths` of the call, which asks for a backend with dynamic shapes.
        alpha: strength of the length normalisation, at least 0; 0 scores by `log P`.
        bos_id: the token before the first.
        eos_id: the token that ends a sequence. Padding is 0.

    Raises:
        ValueError: for an argument outside its range.
    """

    def __init__(
        self,
        max_length: int | None = 128,
        alpha: float = 1.0,
        bos_id: int = BOS_ID,
        eos_id: int = EOS_ID,
    ):
        self.max_length = None if max_length is None else positive("max_length", max_length)
        self.alpha = not_negative("alpha", alpha)
        self.bos_id = bos_id
        self.eos_id = eos_id

    def limits(self, max_lengths):
        """The limit of each row, int32 `[batch]`, and the length of the histories."""
        max_lengths = ops.cast(max_lengths, "int32")
        if self.max_length is None:
            return max_lengths, ops.max(ops.concatenate([max_lengths, ops.ones(1, "int32")]))
        return ops.minimum(max_lengths, self.max_length), self.max_length

    def normalise(self, log_probs, lengths):
        """The score of a hypothesis: its log-probability over a penalty for its length.

        The penalty is `((5 + length) / 6) ** alpha` (Wu et al. 2016, arXiv:1609.08144, eq. 14,
        without coverage).
        """
        return log_probs / ((5.0 + ops.cast(lengths, "float32")) / 6.0) ** self.alpha

    def get_config(self) -> dict:
        return {
            "max_length": self.max_length,
            "alpha": self.alpha,
            "bos_id": self.bos_id,
            "eos_id": self.eos_id,
        }

    @classmethod
    def from_config(cls, config: dict) -> Search:
        return cls(**config)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


def positive(name: str, value) -> int:
    """Returns a positive whole number as it is; anything else is a ValueError that names it."""
    if not isinstance(value, numbers.Integral) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, not {value!r}.")
    return int(value)


def not_negative(name: str, value) -> float:
    """Returns a number of at least 0 as it is; anything else is a ValueError that names it."""
    if not isinstance(value, numbers.Real) or not 0 <= float(value) < math.inf:
        raise ValueError(f"{name} must be a number of at least 0, not {value!r}.")
    return float(value)


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
