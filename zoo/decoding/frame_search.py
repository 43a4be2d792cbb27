"""What searches over frames share: labels of which each frame says one, or none.

Such a search knows no model. It takes logits `[batch, time, labels]` of connectionist temporal
classification (Graves et al. 2006), label 0 being the blank: an output is what is left of a label
for each frame when equal neighbours are joined and blanks taken out. All frames may be given at
once, or in pieces as they come in, with what the search knows carried from each to the next.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

from zoo.decoding.arguments import PAD_ID
from zoo.decoding.hypotheses import Hypotheses
from zoo.decoding.rules import Rule
from zoo.errors import ConfigError

BLANK = 0


class FrameSearch:
    """Base of searches over frames: plain objects with a config.

    A subclass gives `start`, `read` and `end`. States are dicts of tensors `[batch, ...]`, and of
    one shape throughout.
    """

    rules: Sequence[Rule] = ()

    @property
    def n(self) -> int:
        """Hypotheses that are returned for each row."""
        return 1

    def start(self, batch, size: int, max_length, language: Any = None) -> dict:
        """The state before the first frame.

        Args:
            batch: number of rows.
            size: labels, the blank among them.
            max_length: labels that a hypothesis may have, at least 1; it is not continued beyond.
            language: what labels are likely beside what the frames say, such as
                `zoo.decoding.LanguageScores`: `start(rows)` gives natural log-probabilities of the
                first label, float32 `[rows, labels]`, and a nested state `[rows, ...]`;
                `step(labels, state)` those of the label after each, int `[rows]`. None: none.
        """
        raise NotImplementedError

    def read(self, logits, lengths, state: dict, language: Any = None) -> dict:
        """The state after more frames.

        Args:
            logits: float `[batch, time, labels]`; the sums run in float32.
            lengths: int `[batch]`, frames of each row; the others are left out.
            state: that before them.
            language: as for `start`.
        """
        raise NotImplementedError

    def end(self, state: dict) -> Hypotheses:
        """What was found, the best first; ids are filled up with 0, and have no end of their own.

        It changes nothing: more frames may be read from the same state.
        """
        raise NotImplementedError

    def __call__(self, logits, lengths, max_length=None, language: Any = None) -> Hypotheses:
        """Searches all frames at once.

        Args:
            logits, lengths, language: as for `read`.
            max_length: labels of the longest output. None: as many as there are frames.

        Returns:
            `Hypotheses` with `n` outputs for each row.
        """
        batch, time = ops.shape(logits)[:2]
        state = self.start(batch, logits.shape[-1], max_length or time, language)
        return self.end(self.read(logits, lengths, state, language))

    def settle(self, state: dict) -> tuple[list[list[int]], dict]:
        """Takes out of a state the labels that no frame to come can change.

        So what is heard for hours needs no more room than what is still undecided: labels that all
        hypotheses begin with. Where that is more than half of the room, hypotheses that begin
        otherwise than the best one are given up.

        Args:
            state: arrays of NumPy, as a compiled function gives them.

        Returns:
            The labels of each row that are decided, after those that were taken before, and the
            state without them.

        Raises:
            ConfigError: with rules, which count from the first label.
        """
        if self.rules:
            raise ConfigError(
                "Rules count from an output's first label, and labels that are decided leave a "
                "stream: search without rules, or give all frames at once."
            )
        state = self.focused(dict(state))
        alive = self.alive(state)
        shared = [_common(*row) for row in zip(state["ids"], state["lengths"], alive, strict=True)]
        taken = [row[is_alive][0, :n].tolist() for row, is_alive, n in _rows(state, alive, shared)]
        ids = np.zeros_like(state["ids"])
        for row, old, count in zip(ids, state["ids"], shared, strict=True):
            row[:, : old.shape[1] - count] = old[:, count:]
        lengths = state["lengths"] - np.array(shared, "int32")[:, None]
        state |= {"ids": ids, "lengths": np.maximum(lengths, 0).astype("int32")}
        return taken, state

    def alive(self, state: dict) -> np.ndarray:
        """Which hypotheses of a state may still win, bool `[batch, beam]`."""
        return np.ones(state["lengths"].shape, bool)

    def focused(self, state: dict) -> dict:
        """The state without hypotheses that keep more than half of the room undecided."""
        return state

    def cache_fields(self) -> dict:
        """The attributes that a compiled search depends on."""
        return vars(self)

    def given(self) -> dict[str, float]:
        """The attributes that a compiled search takes as arguments; see `Search.given`."""
        return {}

    def get_config(self) -> dict:
        return {}

    @classmethod
    def from_config(cls, config: dict) -> FrameSearch:
        return cls(**config)

    def __repr__(self) -> str:
        config = {**copy.copy(self).get_config()}
        if self.rules:
            config["rules"] = list(self.rules)
        arguments = ", ".join(f"{key}={value!r}" for key, value in config.items())
        return f"{type(self).__name__}({arguments})"


def log_probabilities(logits):
    """Float32 log-probabilities of logits `[..., labels]`."""
    return ops.log_softmax(ops.cast(logits, "float32"), axis=-1)


def is_frame(logits, lengths):
    """Which frames of a batch are real, bool `[batch, time]`."""
    time = ops.shape(logits)[1]
    return ops.arange(time, dtype="int32") < ops.expand_dims(ops.cast(lengths, "int32"), 1)


def empty_ids(batch, beam, max_length):
    """Ids of hypotheses without labels, int32 `[batch, beam, max_length]`."""
    return ops.full((batch, beam, max_length), PAD_ID, dtype="int32")


def _rows(state, alive, shared):
    return zip(state["ids"], alive, shared, strict=True)


def _common(ids: np.ndarray, lengths: np.ndarray, alive: np.ndarray) -> int:
    """How many labels the hypotheses of a row that are alive have in common, at their begin."""
    ids, most = ids[alive], int(lengths[alive].min(initial=ids.shape[1])) if alive.any() else 0
    differ = (ids[:, :most] != ids[:1, :most]).any(0)
    return int(differ.argmax()) if differ.any() else most
