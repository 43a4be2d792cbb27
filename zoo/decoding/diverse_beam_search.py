"""Beam search in groups that keep away from each other's tokens."""

from __future__ import annotations

import copy

from keras import ops

from zoo.checked import BeamSize, Count, Strength, checked
from zoo.decoding.beam_search import BeamSearch
from zoo.decoding.hypotheses import Hypotheses
from zoo.decoding.search import IMPOSSIBLE, gather_beams, not_negative, positive
from zoo.errors import ConfigError


class DiverseBeamSearch(BeamSearch):
    """Divides the beam into groups; each is discouraged from the tokens that those before it chose.

    At every step the groups choose one after the other, and a token counts `diversity` less for
    each hypothesis of an earlier group that has just chosen it (Vijayakumar et al. 2018,
    arXiv:1610.02424, Hamming diversity). Only the choice is changed: log-probabilities and scores
    are the model's. Where two groups end with the same output, it is returned once, and what is
    then missing to `n_best` is returned as impossible, with a log-probability of -1e30.

    Args:
        beam_size: hypotheses of all groups together.
        groups: number of groups; divides `beam_size`. With one it is `BeamSearch`.
        diversity: strength, at least 0.
        **kwargs: those of `BeamSearch`.

    Raises:
        ConfigError: for an argument outside its range.
    """

    @checked()
    def __init__(
        self, beam_size: BeamSize = 6, groups: Count = 3, diversity: Strength = 0.5, **kwargs
    ):
        super().__init__(beam_size, **kwargs)
        self.groups = positive("groups", groups)
        self.diversity = not_negative("diversity", diversity)
        if beam_size % groups:
            raise ConfigError(f"groups must divide beam_size, which is {beam_size}: not {groups}.")
        # A group is a small beam search over log-probabilities.
        self._group = _Group(beam_size // groups, bos_id=self.bos_id, eos_id=self.eos_id)

    def given(self) -> dict[str, float]:
        return {**super().given(), "diversity": self.diversity}

    def get_config(self) -> dict:
        return {"groups": self.groups, "diversity": self.diversity, **super().get_config()}

    def _advance(self, step, now, constants, max_lengths, slots):
        size = self._group.beam_size
        # In every group the first slot may go on from the start.
        starts = ops.logical_and(now["t"] == 0, slots % size == 0)
        now = {**now, "log_probs": ops.where(starts, 0.0, now["log_probs"])}
        logits, states, weights = step(now["tokens"], list(now["states"]), constants)
        logits = ops.cast(logits, "float32")
        logits = logits - self.log_sum(logits, ops.max(logits, axis=-1, keepdims=True))
        taken = ops.zeros_like(logits[:, 0])
        groups = []
        for first in range(0, self.beam_size, size):
            part = slice(first, first + size)
            group = self._one_group(now, logits, states, weights, taken, part, max_lengths, slots)
            taken = taken + group.pop("taken")
            groups.append(group)
        return _joined(groups)

    def _ranked(self, end) -> Hypotheses:
        every = copy.copy(self)
        every.n_best = self.beam_size
        found = super(DiverseBeamSearch, every)._ranked(end)
        first, second = ops.expand_dims(found.ids, 1), ops.expand_dims(found.ids, 2)
        is_same = ops.all(first == second, axis=-1)
        # The better one comes first: compare each with those before it.
        slots = ops.arange(self.beam_size, dtype="int32")
        is_before = ops.expand_dims(slots, 0) < ops.expand_dims(slots, 1)
        is_double = ops.any(ops.logical_and(is_same, is_before), axis=2)
        scores = ops.where(is_double, IMPOSSIBLE, found.scores)
        log_probs = ops.where(is_double, IMPOSSIBLE, found.log_probs)
        scores, best = ops.top_k(scores, self.n)
        parts = (found.ids, log_probs, found.lengths, found.attention)
        ids, log_probs, lengths, attention = (
            None if part is None else gather_beams(part, ops.cast(best, "int32")) for part in parts
        )
        return Hypotheses(ids, scores, log_probs, lengths, attention)

    def _one_group(self, now, logits, states, weights, taken, part, max_lengths, slots):
        """One step of the slots `part`, and `taken`: how often it chose each token."""
        before = {key: value if key == "t" else _cut(value, part) for key, value in now.items()}
        before["parents"] = before["parents"] - part.start
        discouraged = logits[:, part] - self.diversity * ops.expand_dims(taken, 1)
        given = discouraged, _cut(states, part), None if weights is None else weights[:, part]
        after = self._group._advance(
            lambda *_: given, before, None, max_lengths, slots[:, part] - part.start
        )
        is_open = ops.cast(ops.logical_not(before["finished"]), "float32")
        cost = ops.take_along_axis(taken, after["tokens"], axis=1) * self.diversity
        after["log_probs"] = after["log_probs"] + cost * is_open
        after["parents"] = after["parents"] + part.start
        chosen = ops.one_hot(after["tokens"], logits.shape[-1], dtype="float32")
        after["taken"] = ops.sum(chosen * ops.expand_dims(is_open, -1), axis=1)
        return after


class _Group(BeamSearch):
    """A beam search that is given log-probabilities, less what is discouraged."""

    def log_sum(self, logits, best):
        return ops.zeros_like(best)


def _cut(value, part):
    """The slots `part` of tensors `[batch, beam, ...]`."""
    if isinstance(value, (list, tuple)):
        return type(value)(_cut(item, part) for item in value)
    return value[:, part]


def _joined(groups: list[dict]) -> dict:
    """The groups' slots side by side again."""

    def join(values):
        if isinstance(values[0], (list, tuple)):
            return type(values[0])(join(items) for items in zip(*values, strict=True))
        return ops.concatenate(values, axis=1)

    return {
        key: groups[0][key] if key == "t" else join([group[key] for group in groups])
        for key in groups[0]
    }
