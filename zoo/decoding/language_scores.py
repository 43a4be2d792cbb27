"""A language model as searches over frames ask it. Knows its step function, and no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from keras import ops


class LanguageScores:
    """Log-probabilities of a search's labels, by a model that has ids of its own for them.

    Args:
        step: from ids int `[rows]` and a state to logits `[rows, ids]` and the state, such as
            `step` of `zoo.tasks.LanguageModel`.
        initial_state: from a number of rows to the nested state before the first id, `[rows, ...]`.
        ids: for each label the model's id, int `[labels]`.
        begin_id: what an output is read after.

    Example: a model for which id 1 follows id 0 for sure, and labels in another order.

    >>> from keras import ops
    >>> def step(ids, state):
    ...     return ops.where(ops.expand_dims(ids, 1) == 0, [[-50.0, 0.0]], [[0.0, -50.0]]), state
    >>> scores, state = LanguageScores(step, lambda rows: [], [1, 0], 0).start(1)
    >>> [round(float(score)) for score in scores[0]]
    [0, -50]
    """

    def __init__(
        self,
        step: Callable[[Any, Any], tuple[Any, Any]],
        initial_state: Callable[[Any], Any],
        ids: Sequence[int] | np.ndarray,
        begin_id: int,
    ):
        self._step = step
        self._initial_state = initial_state
        self._ids = np.asarray(ids, "int32")
        self._begin_id = begin_id

    def start(self, rows):
        """Log-probabilities of the first label, float32 `[rows, labels]`, and the state."""
        begin = ops.full((rows,), self._begin_id, dtype="int32")
        return self._scored(begin, self._initial_state(rows))

    def step(self, labels, state):
        """Log-probabilities of the label after each, int `[rows]`, and the state after them."""
        return self._scored(ops.take(ops.convert_to_tensor(self._ids), labels), state)

    def _scored(self, ids, state):
        logits, state = self._step(ids, state)
        log_probs = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
        return ops.take(log_probs, ops.convert_to_tensor(self._ids), axis=1), state
