"""Beam search with frozen finished hypotheses."""

from __future__ import annotations

from typing import Self

from keras import ops

from zoo.backend.row_loop import row_loop
from zoo.checked import BeamSize, Count, Strength, checked
from zoo.decoding.best_tokens import best_tokens
from zoo.decoding.hypotheses import Hypotheses
from zoo.decoding.search import (
    IMPOSSIBLE,
    PAD_ID,
    Search,
    follow_back,
    gather_beams,
    positive,
    write_at,
)
from zoo.errors import ConfigError


class BeamSearch(Search):
    """Keeps the `beam_size` best hypotheses at every step.

    A hypothesis that has ended keeps its slot, unchanged, to the end; the slots still open are
    filled with the best continuations of open hypotheses. So a beam of one is greedy search, and a
    beam as wide as the search space is exhaustive. A row ends when no open hypothesis of it can
    come among the `n_best` any more.

    Hypotheses are ranked by `normalise`, their log-probability over a penalty for their length, and
    by what rules add to that.

    Args:
        beam_size: hypotheses kept at a time.
        alpha: strength of the length normalisation, at least 0; 0 ranks by `log P`.
        n_best: hypotheses returned, at most `beam_size`.
        length_penalty: "wu" or "average", see `Search`.
        max_length: tokens of the longest output, the end of sequence included; see `Search`.
        rules: what outputs must keep to, see `zoo.decoding.rules`.
        bos_id: the token before the first.
        eos_id: the token that ends a sequence.

    Raises:
        ConfigError: for an argument outside its range.

    Example: a model that always ends at once.

    >>> from keras import ops
    >>> def step(tokens, states, constants):
    ...     logits = ops.one_hot(ops.full(ops.shape(tokens), 3), 6) * 20.0
    ...     return logits, states, None
    >>> found = BeamSearch(beam_size=2, max_length=4)(step, [], None, max_lengths=[4])
    >>> [int(token) for token in ops.convert_to_numpy(found.ids)[0, 0]]
    [3, 0, 0, 0]
    """

    @checked()
    def __init__(self, beam_size: BeamSize = 5, alpha: Strength = 1.0, n_best: Count = 1, **kwargs):
        super().__init__(alpha=alpha, **kwargs)
        self.beam_size = positive("beam_size", beam_size)
        self.n_best = positive("n_best", n_best)
        if n_best > beam_size:
            raise ConfigError(
                f"n_best must be from 1 to beam_size, which is {beam_size}, not {n_best}."
            )

    @property
    def n(self) -> int:
        """Hypotheses returned: all, where a compiled search is given `n_best` as a tensor."""
        return self.n_best if isinstance(self.n_best, int) else self.beam_size

    def given(self) -> dict[str, float]:
        return {"alpha": self.alpha, "added_length": self.added_length, "n_best": self.n_best}

    def with_given(self, values) -> Self:
        search = super().with_given(values)
        search.n_best = ops.cast(search.n_best, "int32")
        return search

    def get_config(self) -> dict:
        return {"beam_size": self.beam_size, "n_best": self.n_best, **super().get_config()}

    def __call__(self, step, states, constants, max_lengths, return_attention=False) -> Hypotheses:
        """Searches.

        Args:
            step: the step function, see `zoo.decoding.search`.
            states: states before the first token, a list of `[batch, ...]`.
            constants: handed to `step` as it is.
            max_lengths: int `[batch]`, tokens of the longest output of each row, the end included;
                a hypothesis that comes to its row's limit is ended there.
            return_attention: whether to return attention, which `step` must then give.

        Returns:
            `Hypotheses` with `n = n_best`.
        """
        beam = self.beam_size
        max_lengths, time = self.limits(max_lengths)
        batch = ops.shape(max_lengths)[0]
        slots = ops.broadcast_to(ops.arange(beam, dtype="int32"), (batch, beam))
        states = [ops.repeat(ops.expand_dims(state, 1), beam, axis=1) for state in states]
        tokens = ops.full((batch, beam), self.bos_id, dtype="int32")
        step, states, weights = self.begin(
            step, tokens, states, constants, max_lengths, time, return_attention
        )
        attention: tuple = ()
        if return_attention:
            attention = (ops.zeros((batch, beam, time, ops.shape(weights)[-1]), weights.dtype),)
        start = {
            "tokens": tokens,
            # All slots start alike, so only the first may go on, or all would be the same.
            "log_probs": ops.where(slots == 0, 0.0, IMPOSSIBLE),
            "finished": ops.zeros((batch, beam), dtype="bool"),
            "lengths": ops.zeros((batch, beam), dtype="int32"),
            "states": states,
            "ids": ops.full((batch, beam, time), PAD_ID, dtype="int32"),
            "parents": ops.expand_dims(slots, 2) + ops.zeros((batch, beam, time), dtype="int32"),
            "attention": attention,
        }

        def at_work(now, rows):
            return ops.any(self.can_win(now, rows[0]), axis=1)

        def advance(t, now, rows):
            max_lengths, constants = rows
            slots = ops.zeros_like(now["tokens"]) + ops.arange(beam, dtype="int32")
            now = self._advance(step, {**now, "t": t}, constants, max_lengths, slots)
            return {key: value for key, value in now.items() if key != "t"}

        return self._ranked(row_loop(at_work, advance, start, (max_lengths, constants), time))

    def can_win(self, now, max_lengths):
        """The stopping rule: which open hypotheses may still come among the best.

        The search ends where none may. A log-probability only falls, and weighs least at the
        greatest length: that is the bound here, with which nothing is lost. A subclass may stop
        earlier, for instance as soon as `n_best` hypotheses have ended. In a compiled search
        `n_best` is a tensor, so that one function serves all.

        Args:
            now: the state of the search: `log_probs`, `lengths` and `finished`, `[batch, beam]`
                each, and the hypotheses' `states`.
            max_lengths: int `[batch]`, tokens of the longest output of each row.

        Returns:
            Bool `[batch, beam]`, False for what has ended.
        """
        scores = self.scores(now["log_probs"], now["lengths"], now["states"])
        ended = ops.where(now["finished"], scores, IMPOSSIBLE)
        ranked = ops.top_k(ended, self.beam_size)[0]
        worst = ops.take(ranked, ops.reshape(self.n_best - 1, (1,)), axis=1)
        bound = self.normalise(now["log_probs"], ops.expand_dims(max_lengths, 1))
        return ops.logical_and(ops.logical_not(now["finished"]), bound > worst)

    def _advance(self, step, now, constants, max_lengths, slots):
        logits, states, weights = step(now["tokens"], list(now["states"]), constants)
        last = ops.expand_dims(now["t"] + 1 >= max_lengths, 1)
        log_probs, parents, tokens = self._continuations(now, ops.cast(logits, "float32"), last)

        # The r-th open slot takes the r-th best continuation; a finished one stays as it is.
        open_ = ops.logical_not(now["finished"])
        rank = ops.maximum(ops.cumsum(ops.cast(open_, "int32"), axis=1) - 1, 0)
        parents = ops.where(open_, ops.take_along_axis(parents, rank, axis=1), slots)
        tokens = ops.where(open_, ops.take_along_axis(tokens, rank, axis=1), PAD_ID)
        log_probs = ops.where(open_, ops.take_along_axis(log_probs, rank, axis=1), now["log_probs"])
        attention = now["attention"]
        if attention:
            weights = gather_beams(weights, parents)
            weights = weights * ops.cast(ops.expand_dims(open_, -1), weights.dtype)
            attention = (write_at(attention[0], now["t"], weights),)
        lengths = ops.take_along_axis(now["lengths"], parents, axis=1)
        return {
            "t": now["t"] + 1,
            "tokens": tokens,
            "log_probs": log_probs,
            "finished": ops.logical_or(now["finished"], tokens == self.eos_id),
            "lengths": lengths + ops.cast(open_, "int32"),
            "states": [gather_beams(state, parents) for state in states],
            "ids": write_at(now["ids"], now["t"], tokens),
            "parents": write_at(now["parents"], now["t"], parents),
            "attention": attention,
        }

    def _continuations(self, now, logits, last):
        """The best continuations of open hypotheses: log P, slot and token, `[batch, beam]` each.

        The best of all are among the best of each slot, so that beside the logits themselves only
        their sum and their top are of vocabulary size.
        """
        width = min(self.beam_size, logits.shape[-1])
        best, tokens = best_tokens(logits, width)
        log_sum = self.log_sum(logits, best[..., :1])
        # At its limit a hypothesis can only end.
        last = ops.expand_dims(last, -1)
        only_end = ops.where(
            ops.arange(width) == 0, logits[..., self.eos_id : self.eos_id + 1], IMPOSSIBLE
        )
        best = ops.where(last, only_end, best)
        tokens = ops.where(last, self.eos_id, tokens)

        total = ops.expand_dims(now["log_probs"], -1) + best - log_sum
        total = ops.where(ops.expand_dims(now["finished"], -1), IMPOSSIBLE, total)
        total = ops.maximum(total, IMPOSSIBLE)
        flat_shape = (-1, self.beam_size * width)
        log_probs, places = ops.top_k(ops.reshape(total, flat_shape), self.beam_size)
        places = ops.cast(places, "int32")
        tokens = ops.take_along_axis(ops.reshape(tokens, flat_shape), places, axis=1)
        return log_probs, places // width, tokens

    def _ranked(self, end) -> Hypotheses:
        # What is still open, where a stopping rule has stopped early, is no output.
        log_probs = ops.where(end["finished"], end["log_probs"], IMPOSSIBLE)
        scores = self.scores(end["log_probs"], end["lengths"], end["states"])
        scores = ops.where(end["finished"], scores, IMPOSSIBLE)
        scores, best = ops.top_k(scores, self.n)
        best = ops.cast(best, "int32")
        histories = follow_back(best, end["parents"], end["ids"], *end["attention"])
        return Hypotheses(
            ids=histories[0],
            scores=scores,
            log_probs=ops.take_along_axis(log_probs, best, axis=1),
            lengths=ops.take_along_axis(end["lengths"], best, axis=1),
            attention=histories[1] if end["attention"] else None,
        )
