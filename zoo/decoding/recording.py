"""What a beam search kept and what it gave up, step by step; the search itself is the usual one."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import numpy as np
from keras import ops

from zoo.backend.step_by_step import step_by_step
from zoo.decoding.arguments import IMPOSSIBLE
from zoo.decoding.beam_search import BeamSearch
from zoo.decoding.hypotheses import Hypotheses


class BeamStep(NamedTuple):
    """One step of a beam search over one row.

    Attributes:
        tokens: int `[beam]`, with which each slot went on; 0 where it had ended before.
        parents: int `[beam]`, the slot of the step before that each came from.
        log_probs: float `[beam]`, of all tokens so far.
        scores: float `[beam]`, what hypotheses are ranked by.
        finished: bool `[beam]`, what has ended.
        rivals: `(parent, token, log-probability)` of the best continuations of open hypotheses
            that no slot took, the best first.
    """

    tokens: np.ndarray
    parents: np.ndarray
    log_probs: np.ndarray
    scores: np.ndarray
    finished: np.ndarray
    rivals: list[tuple[int, int, float]]


def recorded(
    search: BeamSearch, step: Any, states: Any, constants: Any, max_length: int, rivals: int = 0
) -> tuple[Hypotheses, list[BeamStep]]:
    """Searches as `search` does, for one row, and notes each step.

    Args:
        search: a `BeamSearch`, or one built on it.
        step: the step function, see `zoo.decoding.search`.
        states: states before the first token, a list of `[1, ...]`.
        constants: handed to `step` as it is.
        max_length: tokens of the longest output, the end included.
        rivals: how many continuations that were not kept are noted a step.

    Returns:
        What the search found, its arrays of NumPy, and its steps.
    """
    steps: list[BeamStep] = []

    class Recording(type(search)):  # type: ignore[misc]
        def _advance(self, step, now, constants, max_lengths, slots):
            given = []

            def seen(*inputs):
                given.append(step(*inputs))
                return given[-1]

            after = super()._advance(seen, now, constants, max_lengths, slots)
            is_last = len(steps) + 1 >= max_length  # where a hypothesis can only end
            logits = given[0][0]
            steps.append(_noted(self, now, after, logits, 0 if is_last else rivals))
            return after

    recording = copy.copy(search)
    recording.__class__ = Recording
    if recording.max_length is None:
        recording.max_length = max_length
    with step_by_step():
        found = recording(step, states, constants, np.array([max_length], "int32"))
    return Hypotheses(*(None if x is None else ops.convert_to_numpy(x) for x in found)), steps


def _noted(search, now, after, logits, rivals: int) -> BeamStep:
    names = ("tokens", "log_probs", "finished")
    tokens, log_probs, finished = (ops.convert_to_numpy(after[name])[0] for name in names)
    parents = ops.convert_to_numpy(after["parents"])[0, :, int(ops.convert_to_numpy(now["t"]))]
    scores = search.scores(after["log_probs"], after["lengths"], after["states"])
    noted = BeamStep(tokens, parents, log_probs, ops.convert_to_numpy(scores)[0], finished, [])
    if rivals:
        logits = ops.cast(logits, "float32")
        logits = logits - search.log_sum(logits, ops.max(logits, axis=-1, keepdims=True))
        before = ops.convert_to_numpy(now["log_probs"])[0]
        closed = ops.convert_to_numpy(now["finished"])[0] | (before < IMPOSSIBLE / 2)
        totals = before[:, None] + ops.convert_to_numpy(logits)[0]
        totals[closed] = -np.inf
        totals[parents, tokens] = -np.inf  # those that were taken
        best = np.argsort(totals, axis=None)[::-1][:rivals]
        places = zip(*np.unravel_index(best, totals.shape), strict=True)
        noted.rivals.extend(
            (int(slot), int(token), float(totals[slot, token]))
            for slot, token in places
            if totals[slot, token] > IMPOSSIBLE / 2
        )
    return noted
