"""Greedy search: the best token at every step."""

from __future__ import annotations

from keras import ops

from zoo.decoding.hypotheses import Hypotheses
from zoo.decoding.search import PAD_ID, Search, write_at


class GreedySearch(Search):
    """Takes the most probable token at every step until the end of sequence.

    Args:
        max_length: tokens of the longest output, the end of sequence included; see `Search`.
        alpha: strength of the length normalisation of the scores.
        bos_id: the token before the first.
        eos_id: the token that ends a sequence.

    Example: see `BeamSearch`, which is called the same way.
    """

    def __call__(self, step, states, constants, max_lengths, return_attention=False) -> Hypotheses:
        """Searches; see `BeamSearch.__call__` for the arguments. `n` is 1."""
        max_lengths, time = self.limits(max_lengths)
        batch = ops.shape(max_lengths)[0]
        states = [ops.expand_dims(state, 1) for state in states]
        tokens = ops.full((batch, 1), self.bos_id, dtype="int32")
        ids = ops.full((batch, 1, time), PAD_ID, dtype="int32")
        log_probs = ops.zeros((batch, 1), dtype="float32")
        lengths = ops.zeros((batch, 1), dtype="int32")
        attention: tuple = ()
        if return_attention:
            weights = step(tokens, states, constants)[2]
            attention = (ops.zeros((batch, 1, time, ops.shape(weights)[-1]), weights.dtype),)

        def is_open(tokens):
            return ops.logical_and(tokens != self.eos_id, tokens != PAD_ID)

        def proceed(t, tokens, *_):
            return ops.logical_and(t < time, ops.any(is_open(tokens)))

        def advance(t, tokens, states, ids, log_probs, lengths, attention):
            open_ = is_open(tokens)
            logits, states, weights = step(tokens, list(states), constants)
            logits = ops.cast(logits, "float32")
            best = ops.cast(ops.argmax(logits, axis=-1), "int32")
            last = ops.expand_dims(t + 1 >= max_lengths, 1)
            best = ops.where(last, self.eos_id, best)
            chosen = ops.squeeze(ops.take_along_axis(logits, ops.expand_dims(best, -1), -1), -1)
            gain = chosen - ops.logsumexp(logits, axis=-1)
            tokens = ops.where(open_, best, PAD_ID)
            if return_attention:
                weights = weights * ops.cast(ops.expand_dims(open_, -1), weights.dtype)
                attention = (write_at(attention[0], t, weights),)
            return (
                t + 1,
                tokens,
                list(states),
                write_at(ids, t, tokens),
                log_probs + ops.where(open_, gain, 0.0),
                lengths + ops.cast(open_, "int32"),
                attention,
            )

        start = (ops.convert_to_tensor(0, dtype="int32"), tokens, states, ids)
        _, _, _, ids, log_probs, lengths, attention = ops.while_loop(
            proceed, advance, (*start, log_probs, lengths, attention)
        )
        return Hypotheses(
            ids=ids,
            scores=self.normalise(log_probs, lengths),
            log_probs=log_probs,
            lengths=lengths,
            attention=attention[0] if return_attention else None,
        )
