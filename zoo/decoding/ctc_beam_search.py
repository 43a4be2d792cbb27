"""Prefix beam search: outputs ranked by all the ways to say them, and by a language model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops, tree

from zoo.backend.time_loop import scan
from zoo.checked import BeamSize, Count, Strength, checked
from zoo.decoding.arguments import IMPOSSIBLE, positive
from zoo.decoding.frame_search import BLANK, FrameSearch, empty_ids, is_frame, log_probabilities
from zoo.decoding.hypotheses import Hypotheses
from zoo.decoding.rules import Rule
from zoo.decoding.search import gather_beams
from zoo.errors import ConfigError


class CTCBeamSearch(FrameSearch):
    """Keeps the best `beam_size` outputs so far, by the sum over the ways to say each.

    Hannun et al. 2014 (arXiv:1408.2873, algorithm 1): of each output the probability of those ways
    that end in a blank and of the others are carried apart, as a label that is said again counts
    once without a blank between. Outputs are ranked by

        log P(output | frames) + alpha log P(output) + beta length

    with the language model's probability in the middle. An output that comes about in two ways, as
    itself and as a shorter one with a label more, is one. A beam as wide as there are outputs is
    exhaustive.

    Args:
        beam_size: outputs kept at a time.
        n_best: outputs returned, at most `beam_size`.
        alpha: strength of the language model, at least 0.
        beta: added to the score for each label, against the model's liking for short outputs.
        rules: what outputs must keep to, see `zoo.decoding.rules`. The end of an output, to those
            that ask for it, is the id after the last label: `OneOf([[2, 3, size]])`.

    Raises:
        ConfigError: for an argument outside its range, or a rule about attention.

    Example: two frames, each of which says label 1 with a probability of 0.4. The likeliest way is
    to say nothing, 0.36, and the likeliest output label 1, 0.64.

    >>> logits = ops.log(ops.convert_to_tensor([[[0.6, 0.4], [0.6, 0.4]]]))
    >>> found = CTCBeamSearch(4, n_best=2)(logits, [2])
    >>> ops.convert_to_numpy(found.ids)[0].tolist()
    [[1, 0], [0, 0]]
    >>> [round(float(p), 2) for p in ops.exp(found.log_probs[0])]
    [0.64, 0.36]
    """

    @checked()
    def __init__(
        self,
        beam_size: BeamSize = 16,
        n_best: Count = 1,
        alpha: Strength = 0.0,
        beta: float = 0.0,
        rules: Sequence[Rule] = (),
    ):
        self.beam_size = positive("beam_size", beam_size)
        self.n_best = positive("n_best", n_best)
        if n_best > beam_size:
            raise ConfigError(
                f"n_best must be from 1 to beam_size, which is {beam_size}, not {n_best}."
            )
        self.alpha, self.beta = float(alpha), float(beta)
        self.rules = list(rules)
        if any(rule.wants_attention for rule in self.rules):
            raise ConfigError("A search over frames has no attention, which a rule asks for.")

    @property
    def n(self) -> int:
        return self.n_best

    def get_config(self) -> dict:
        return {
            "beam_size": self.beam_size,
            "n_best": self.n_best,
            "alpha": self.alpha,
            "beta": self.beta,
            "rules": [keras.saving.serialize_keras_object(rule) for rule in self.rules],
        }

    @classmethod
    def from_config(cls, config: dict) -> FrameSearch:
        rules = [keras.saving.deserialize_keras_object(rule) for rule in config.get("rules", ())]
        return cls(**{**config, "rules": rules})

    # What may come next -------------------------------------------------------------------------

    def _gains(self, log_probs, count, remembered, size: int):
        """What each next label adds to a score, and the end: float32 `[batch, beam, size + 1]`."""
        gains = ops.zeros((*ops.shape(count), size + 1), "float32") + self.beta
        gains = ops.where(ops.arange(size + 1) == size, 0.0, gains)
        if log_probs is not None:
            added = ops.reshape(log_probs, (*ops.shape(count), size))
            gains = gains + ops.pad(self.alpha * added, [(0, 0), (0, 0), (0, 1)])
        for rule, own in zip(self.rules, remembered, strict=True):
            allowed = rule.allowed(count, own, size + 1)
            if allowed is not None:
                gains = ops.where(allowed, gains, IMPOSSIBLE)
        return ops.maximum(gains, IMPOSSIBLE)

    def start(self, batch, size, max_length, language: Any = None) -> dict:
        beam = self.beam_size
        count = ops.zeros((batch, beam), dtype="int32")
        is_first = (ops.arange(beam, dtype="int32") + count) == 0
        remembered = []
        for rule in self.rules:
            own = rule.start(batch, beam, max_length, None)
            begun = ops.ones((batch, beam), dtype="bool")
            remembered.append(list(rule.advance(count, count, begun, None, own)))
        spoken: Any = ()
        log_probs = None
        if language is not None:
            log_probs, spoken = language.start(batch * beam)
            spoken = _split(spoken, beam)
        return {
            "ids": empty_ids(batch, beam, max_length),
            "lengths": count,
            "last": count,
            # Log-probabilities of the ways that end in a blank, and of those that do not.
            "blank": ops.where(is_first, 0.0, IMPOSSIBLE),
            "label": ops.full((batch, beam), IMPOSSIBLE, dtype="float32"),
            "bonus": ops.zeros((batch, beam), dtype="float32"),
            "gains": self._gains(log_probs, count, remembered, size),
            "remembered": remembered,
            "spoken": spoken,
        }

    def read(self, logits, lengths, state, language: Any = None) -> dict:
        log_probs = ops.transpose(log_probabilities(logits), (1, 0, 2))
        is_real = ops.transpose(is_frame(logits, lengths))

        def step(state, inputs):
            return self._advance(state, *inputs, language), ()

        return scan(step, state, (log_probs, is_real))[0]

    def _advance(self, now, log_probs, is_real, language):
        """One frame: `log_probs` `[batch, size]`, `is_real` bool `[batch]`."""
        beam, size = self.beam_size, log_probs.shape[-1]
        total, stay_blank, stay_label, longer = _ways(now, log_probs)
        stay = ops.logaddexp(stay_blank, stay_label) + now["bonus"]
        added = longer + ops.expand_dims(now["bonus"], -1) + now["gains"][..., :size]
        flat = (-1, beam * size)
        scores = ops.concatenate([stay, ops.reshape(added, flat)], axis=1)
        scores, places = ops.top_k(ops.maximum(scores, IMPOSSIBLE), beam)

        # A row without this frame stays as it is.
        is_real = ops.expand_dims(is_real, 1)
        places = ops.where(is_real, ops.cast(places, "int32"), ops.arange(beam, dtype="int32"))
        is_new = places >= beam
        chosen = ops.maximum(places - beam, 0)
        parents = ops.where(is_new, chosen // size, places)
        symbols = chosen % size
        is_alive = ops.logical_or(scores > IMPOSSIBLE / 2, ops.logical_not(is_real))

        def kept(values):
            return gather_beams(values, parents)

        lengths, ids = kept(now["lengths"]), kept(now["ids"])
        here = ops.arange(ops.shape(ids)[2], dtype="int32") == ops.expand_dims(lengths, -1)
        here = ops.logical_and(here, ops.expand_dims(is_new, -1))
        said = ops.take_along_axis(ops.reshape(longer, flat), chosen, axis=1)
        gained = ops.take_along_axis(ops.reshape(now["gains"][..., :size], flat), chosen, axis=1)
        blank = ops.where(is_real, kept(stay_blank), now["blank"])
        label = ops.where(is_real, kept(stay_label), now["label"])
        found = {
            "ids": ops.where(here, ops.expand_dims(symbols, -1), ids),
            "lengths": lengths + ops.cast(is_new, "int32"),
            "last": ops.where(is_new, symbols, kept(now["last"])),
            "blank": ops.where(ops.logical_and(is_alive, ~is_new), blank, IMPOSSIBLE),
            "label": ops.where(is_alive, ops.where(is_new, said, label), IMPOSSIBLE),
            "bonus": kept(now["bonus"]) + ops.where(is_new & is_alive, gained, 0.0),
            "gains": kept(now["gains"]),
            "remembered": tree.map_structure(kept, now["remembered"]),
            "spoken": tree.map_structure(kept, now["spoken"]),
        }
        if language is None and not self.rules:
            return found
        return ops.cond(
            ops.any(is_new),
            lambda: self._heard(found, is_new, language, size),
            lambda: found,
        )

    def _heard(self, found, is_new, language, size):
        """The state after rules and language model have been told the new labels."""
        batch, beam = ops.shape(is_new)
        log_probs, spoken = None, found["spoken"]
        if language is not None:
            rows = tree.map_structure(
                lambda x: ops.reshape(x, (batch * beam, *x.shape[2:])), found["spoken"]
            )
            log_probs, rows = language.step(ops.reshape(found["last"], (-1,)), rows)
            spoken = _where(is_new, _split(rows, beam), found["spoken"])
        remembered = []
        for rule, own in zip(self.rules, found["remembered"], strict=True):
            told = rule.advance(found["last"], found["lengths"], is_new, None, own)
            remembered.append(_where(is_new, list(told), own))
        gains = self._gains(log_probs, found["lengths"], remembered, size)
        gains = ops.where(ops.expand_dims(is_new, -1), gains, found["gains"])
        return {**found, "spoken": spoken, "remembered": remembered, "gains": gains}

    def end(self, state) -> Hypotheses:
        total = ops.logaddexp(state["blank"], state["label"])
        scores = total + state["bonus"] + state["gains"][..., -1]
        scores, best = ops.top_k(ops.maximum(scores, IMPOSSIBLE), self.n_best)
        best = ops.cast(best, "int32")
        log_probs = ops.where(scores > IMPOSSIBLE / 2, gather_beams(total, best), IMPOSSIBLE)
        return Hypotheses(
            ids=gather_beams(state["ids"], best),
            scores=scores,
            log_probs=log_probs,
            lengths=gather_beams(state["lengths"], best),
        )

    def alive(self, state: dict) -> np.ndarray:
        return np.maximum(state["blank"], state["label"]) > IMPOSSIBLE / 2

    def focused(self, state: dict) -> dict:
        ids = state["ids"]
        scores = np.logaddexp(state["blank"], state["label"]) + state["bonus"]
        best = scores.argmax(1)
        others = np.zeros(scores.shape, bool)
        for row, first in enumerate(best):
            decided = max(state["lengths"][row, first] - ids.shape[2] // 2, 0)
            others[row] = (ids[row, :, :decided] != ids[row, first, :decided]).any(-1)
        given_up = {key: np.where(others, IMPOSSIBLE, state[key]) for key in ("blank", "label")}
        return state | {key: value.astype("float32") for key, value in given_up.items()}


def _ways(now, log_probs):
    """The ways to say each output after one more frame.

    Args:
        now: the state.
        log_probs: `[batch, size]`.

    Returns:
        Log-probabilities `[batch, beam]`: of all ways before the frame; of those after it that end
        in a blank, and that end in the same last label; and `[batch, beam, size]` of those of
        outputs with a label more, except of those that are in the beam themselves.
    """
    size = log_probs.shape[-1]
    total = ops.logaddexp(now["blank"], now["label"])
    stay_blank = total + log_probs[:, BLANK : BLANK + 1]
    stay_label = now["label"] + ops.take_along_axis(log_probs, now["last"], axis=1)
    # A label that is the last one again is a new one only after a blank.
    labels = ops.arange(size, dtype="int32")
    is_last = ops.expand_dims(now["last"], -1) == labels
    before = ops.where(is_last, ops.expand_dims(now["blank"], -1), ops.expand_dims(total, -1))
    has_room = ops.expand_dims(now["lengths"] < ops.shape(now["ids"])[2], -1)
    longer = before + ops.expand_dims(log_probs, 1)
    longer = ops.where(ops.logical_and(has_room, labels != BLANK), longer, IMPOSSIBLE)

    # is_child[i, j]: output j is output i with its last label behind it.
    is_alive = total > IMPOSSIBLE / 2
    places = ops.arange(ops.shape(now["ids"])[2], dtype="int32")
    ends = places == ops.expand_dims(now["lengths"] - 1, -1)
    parents = ops.where(ends, 0, now["ids"])
    is_child = ops.all(ops.expand_dims(now["ids"], 2) == ops.expand_dims(parents, 1), axis=-1)
    is_longer = ops.expand_dims(now["lengths"] + 1, 2) == ops.expand_dims(now["lengths"], 1)
    is_child = is_child & is_longer & ops.expand_dims(is_alive, 2) & ops.expand_dims(is_alive, 1)
    last = ops.expand_dims(now["last"], 1) + ops.zeros_like(ops.cast(is_child, "int32"))
    arriving = ops.where(is_child, ops.take_along_axis(longer, last, axis=2), IMPOSSIBLE)
    stay_label = ops.logaddexp(stay_label, ops.max(arriving, axis=1))
    is_taken = ops.einsum(
        "bij,bjv->biv", ops.cast(is_child, "float32"), ops.cast(is_last, "float32")
    )
    longer = ops.where(is_taken > 0, IMPOSSIBLE, longer)
    return total, stay_blank, stay_label, longer


def _split(rows, beam: int):
    """Nested `[batch * beam, ...]` as `[batch, beam, ...]`."""
    return tree.map_structure(lambda x: ops.reshape(x, (-1, beam, *x.shape[1:])), rows)


def _where(mask, new, old):
    """Nested `[batch, beam, ...]`, new where the mask `[batch, beam]` is True."""

    def choose(new, old):
        shape = (*ops.shape(mask), *[1] * (len(old.shape) - 2))
        return ops.where(ops.reshape(mask, shape), new, ops.cast(old, new.dtype))

    return tree.map_structure(choose, new, old)
