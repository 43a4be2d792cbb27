"""What greedy search and sampling share: hypotheses that grow token by token and never compete."""

from __future__ import annotations

from keras import ops

from zoo.backend.row_loop import row_loop
from zoo.decoding.hypotheses import Hypotheses
from zoo.decoding.search import PAD_ID, Search, write_at


class TokenwiseSearch(Search):
    """Base of searches that decide every token as they come to it.

    A subclass says how: `decide(logits, noise)`.
    """

    is_random = False  # whether `decide` needs noise

    def given(self) -> dict[str, float]:
        return {"alpha": self.alpha, "added_length": self.added_length}

    def decide(self, logits, noise):
        """The next tokens, int32 `[batch, n]`.

        Args:
            logits: float32 `[batch, n, vocabulary]`.
            noise: `[batch, n]` of the kind that `draw` gives, or None.
        """
        raise NotImplementedError

    def draw(self, shape):
        """The noise for `decide` in the given shape, `[batch, n, time]`; None: needs none."""
        return None

    def next_token(self, step, tokens, states, constants, last, noise):
        """One step of every hypothesis.

        Args:
            step: the step function, see `zoo.decoding.search`.
            tokens: int32 `[batch, n]`, the previous tokens.
            states: list of `[batch, n, ...]`.
            constants: handed to `step` as it is.
            last: bool `[batch, n]` or `[batch, 1]`: where only the end may come.
            noise: `[batch, n]`, or None.

        Returns:
            The tokens (padding after the end), the gain in log-probability, both `[batch, n]`, the
            states, and the attention.
        """
        is_open = ops.logical_and(tokens != self.eos_id, tokens != PAD_ID)
        logits, states, weights = step(tokens, list(states), constants)
        logits = ops.cast(logits, "float32")
        best = ops.where(last, self.eos_id, self.decide(logits, noise))
        chosen = ops.squeeze(ops.take_along_axis(logits, ops.expand_dims(best, -1), -1), -1)
        top = ops.max(logits, axis=-1, keepdims=True)
        gain = chosen - ops.squeeze(self.log_sum(logits, top), -1)
        if weights is not None:
            weights = weights * ops.cast(ops.expand_dims(is_open, -1), weights.dtype)
        tokens = ops.where(is_open, best, PAD_ID)
        return tokens, ops.where(is_open, gain, 0.0), list(states), weights

    def __call__(
        self, step, states, constants, max_lengths, return_attention=False, noise=None
    ) -> Hypotheses:
        """Searches; see `BeamSearch.__call__` for the arguments.

        `noise` `[batch, n, time]` stands for what `draw` gives.
        """
        max_lengths, time = self.limits(max_lengths)
        batch = ops.shape(max_lengths)[0]
        states = [ops.repeat(ops.expand_dims(state, 1), self.n, axis=1) for state in states]
        tokens = ops.full((batch, self.n), self.bos_id, dtype="int32")
        step, states, weights = self.begin(
            step, tokens, states, constants, max_lengths, time, return_attention
        )
        attention: tuple = ()
        if return_attention:
            shape = (batch, self.n, time, ops.shape(weights)[-1])
            attention = (ops.zeros(shape, weights.dtype),)
        start = {
            "tokens": tokens,
            "states": states,
            "ids": ops.full((batch, self.n, time), PAD_ID, dtype="int32"),
            "log_probs": ops.zeros((batch, self.n), dtype="float32"),
            "lengths": ops.zeros((batch, self.n), dtype="int32"),
            "attention": attention,
        }
        noise = self.draw((batch, self.n, time)) if noise is None else noise

        def is_open(tokens):
            return ops.logical_and(tokens != self.eos_id, tokens != PAD_ID)

        def at_work(now, rows):
            return ops.any(is_open(now["tokens"]), axis=1)

        def advance(t, now, rows):
            max_lengths, constants, noise = rows
            last = ops.expand_dims(t + 1 >= max_lengths, 1)
            drawn = None if noise is None else ops.take(noise, t, axis=2)
            tokens, gain, states, weights = self.next_token(
                step, now["tokens"], now["states"], constants, last, drawn
            )
            attention = now["attention"]
            if attention:
                attention = (write_at(attention[0], t, weights),)
            return {
                "tokens": tokens,
                "states": states,
                "ids": write_at(now["ids"], t, tokens),
                "log_probs": now["log_probs"] + gain,
                "lengths": now["lengths"] + ops.cast(is_open(now["tokens"]), "int32"),
                "attention": attention,
            }

        end = row_loop(at_work, advance, start, (max_lengths, constants, noise), time)
        return Hypotheses(
            ids=end["ids"],
            scores=self.scores(end["log_probs"], end["lengths"], end["states"]),
            log_probs=end["log_probs"],
            lengths=end["lengths"],
            attention=end["attention"][0] if return_attention else None,
        )
