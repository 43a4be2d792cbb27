"""Rules that a search keeps: what may come next, and what a hypothesis is worth beside its tokens.

A rule is a plain object with a config. It knows no model and keeps nothing on itself: what it must
remember of a hypothesis is a list of tensors `[batch, beam, ...]` that follow the hypothesis as the
model's own states do. Rules only forbid: the log-probabilities of a search with rules are the
model's, not renormalised over what is left, so that `model.score` gives the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import keras
import numpy as np
from keras import ops

from zoo.checked import BeamSize, Count, Strength, checked
from zoo.decoding.arguments import IMPOSSIBLE, PAD_ID, not_negative, positive
from zoo.errors import ConfigError


class Rule:
    """Base of rules: forbids nothing, and is worth nothing."""

    wants_attention = False
    state_count = 0  # tensors it remembers of a hypothesis

    def start(self, batch, beam: int, time, memory_time) -> list:
        """What is remembered before the first token: `state_count` tensors `[batch, beam, ...]`.

        Args:
            batch: number of rows.
            beam: number of hypotheses of a row.
            time: tokens of the longest output.
            memory_time: positions that attention looks at; None for rules that do not want it.
        """
        return []

    def advance(self, tokens, count, is_open, weights, states: list) -> list:
        """What is remembered after one more token.

        Args:
            tokens: int32 `[batch, beam]`, the last tokens; at first the begin of sequence.
            count: int32 `[batch, beam]`, tokens that each hypothesis has, the last one included.
            is_open: bool `[batch, beam]`, False for hypotheses that have ended.
            weights: `[batch, beam, memory time]`, the attention for the next token, or None.
            states: what was remembered before.
        """
        return states

    def allowed(self, count, states: list, vocabulary: int):
        """Bool `[batch, beam, vocabulary]`: which tokens may come next. None: all."""
        return None

    def score(self, states: list):
        """What is added to the score of a hypothesis, at most 0: float32 `[batch, beam]`."""
        return 0.0

    def cache_fields(self) -> dict:
        """The attributes that a compiled rule depends on: all, unless some are said by others."""
        return vars(self)

    def get_config(self) -> dict:
        return {}

    @classmethod
    def from_config(cls, config: dict) -> Rule:
        return cls(**config)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


@keras.saving.register_keras_serializable(package="zoo")
class MinimumLength(Rule):
    """No output shorter than `length`, unless its limit is.

    Args:
        length: tokens of the shortest output, the end of sequence included.
        eos_id: the token that ends a sequence.
    """

    @checked()
    def __init__(self, length: Count, eos_id: int = 3):
        self.length = positive("length", length)
        self.eos_id = eos_id

    def allowed(self, count, states, vocabulary):
        is_end = ops.arange(vocabulary, dtype="int32") == self.eos_id
        too_short = ops.expand_dims(count + 1 < self.length, -1)
        return ops.logical_not(ops.logical_and(too_short, is_end))

    def get_config(self):
        return {"length": self.length, "eos_id": self.eos_id}


@keras.saving.register_keras_serializable(package="zoo")
class NoRepeatNGram(Rule):
    """No `n` tokens in a row that the output has had before (Paulus et al. 2018, arXiv:1705.04304).

    Args:
        n: how many tokens in a row; 1 forbids to say any token twice.
    """

    state_count = 1

    @checked()
    def __init__(self, n: BeamSize):
        self.n = positive("n", n)

    def start(self, batch, beam, time, memory_time):
        # Longer than any output by n, so that a window may begin at every token.
        return [ops.full((batch, beam, time + self.n), PAD_ID, dtype="int32")]

    def advance(self, tokens, count, is_open, weights, states):
        (history,) = states
        here = ops.arange(ops.shape(history)[2], dtype="int32") == ops.expand_dims(count - 1, -1)
        return [ops.where(here, ops.expand_dims(tokens, -1), history)]

    def allowed(self, count, states, vocabulary):
        (history,) = states
        before = self.n - 1
        windows = ops.shape(history)[2] - before
        count = ops.expand_dims(count, -1)
        follower = ops.arange(windows, dtype="int32") + before
        repeats = ops.broadcast_to(follower < count, ops.shape(history[:, :, before:]))
        for j in range(before):
            place = ops.maximum(count - before + j, 0)
            last = ops.take_along_axis(history, place, axis=2)
            repeats = ops.logical_and(repeats, history[:, :, j : windows + j] == last)
        return ops.logical_not(_marked(history[:, :, before:], repeats, vocabulary))

    def get_config(self):
        return {"n": self.n}


@keras.saving.register_keras_serializable(package="zoo")
class ForcedPrefix(Rule):
    """Outputs begin with given tokens.

    Args:
        ids: the tokens: int `[batch, prefix time]` or, for all rows alike, `[prefix time]`; padding
            (0) forces nothing.
    """

    state_count = 1

    def __init__(self, ids):
        self.ids = ids

    def start(self, batch, beam, time, memory_time):
        ids = ops.cast(ops.convert_to_tensor(self.ids), "int32")
        ids = ops.reshape(ids, (-1, 1, ids.shape[-1]))
        ids = ops.concatenate([ids, ops.full_like(ids[:, :, :1], PAD_ID)], axis=-1)
        return [ids + ops.zeros((batch, beam, 1), dtype="int32")]

    def allowed(self, count, states, vocabulary):
        (ids,) = states
        place = ops.minimum(count, ids.shape[2] - 1)
        forced = ops.take_along_axis(ids, ops.expand_dims(place, -1), axis=2)
        return ops.logical_or(forced == PAD_ID, ops.arange(vocabulary, dtype="int32") == forced)

    def get_config(self):
        return {"ids": ops.convert_to_numpy(self.ids).tolist()}


@keras.saving.register_keras_serializable(package="zoo")
class OneOf(Rule):
    """Outputs are among given ones: at every token, only what continues one of them may come.

    The tree of their prefixes is that of De Cao et al. 2021 (arXiv:2010.00904, section 3.2), with
    branches that are alike kept once, so that a dictionary of words fits.

    Args:
        sequences: lists of ids, each with the end of sequence as its last.

    Raises:
        ValueError: without sequences, or with an empty one.
    """

    state_count = 1

    @checked()
    def __init__(self, sequences: Collection[Collection[int]]):
        self.sequences = [[int(token) for token in sequence] for sequence in sequences]
        if not self.sequences or not all(self.sequences):
            raise ConfigError("OneOf wants at least one sequence, and none without tokens.")
        nodes = _word_graph(self.sequences)
        width = max(map(len, nodes))
        self._tokens, self._next = np.zeros((2, len(nodes), width), "int32")
        for node, edges in enumerate(nodes):
            self._tokens[node, : len(edges)] = list(edges)
            self._next[node, : len(edges)] = list(edges.values())
        self._digest = hashlib.sha256(repr(self.sequences).encode()).hexdigest()[:16]

    def start(self, batch, beam, time, memory_time):
        return [ops.zeros((batch, beam), dtype="int32")]

    def advance(self, tokens, count, is_open, weights, states):
        (node,) = states
        chosen = self._at(self._tokens, node) == ops.expand_dims(tokens, -1)
        child = ops.sum(self._at(self._next, node) * ops.cast(chosen, "int32"), axis=-1)
        return [ops.where(count > 0, child, node)]

    def allowed(self, count, states, vocabulary):
        tokens = self._at(self._tokens, states[0])
        return _marked(tokens, tokens != PAD_ID, vocabulary)

    @staticmethod
    def _at(table, node):
        return ops.take(ops.convert_to_tensor(table), node, axis=0)

    def get_config(self):
        return {"sequences": self.sequences}

    def cache_fields(self) -> dict:
        """All but the sequences, which may be a dictionary: the tables are made of them."""
        return {name: value for name, value in vars(self).items() if name != "sequences"}

    def __repr__(self):
        return f"OneOf({len(self.sequences)} sequences, {self._digest})"


@keras.saving.register_keras_serializable(package="zoo")
class CoveragePenalty(Rule):
    """Asks that every source position is looked at.

    Adds `beta * sum_i log(min(sum_j p_ij, 1))` to the score, with `p_ij` the attention of output
    token `j` to source position `i` (Wu et al. 2016, arXiv:1609.08144, eq. 14). A position without
    any attention at all is taken for padding.

    Args:
        beta: strength, at least 0.
    """

    wants_attention = True
    state_count = 1

    @checked()
    def __init__(self, beta: Strength):
        self.beta = not_negative("beta", beta)

    def start(self, batch, beam, time, memory_time):
        return [ops.zeros((batch, beam, memory_time), dtype="float32")]

    def advance(self, tokens, count, is_open, weights, states):
        weights = ops.cast(weights, "float32")
        return [states[0] + weights * ops.cast(ops.expand_dims(is_open, -1), "float32")]

    def score(self, states):
        (coverage,) = states
        is_real = coverage > 0
        logs = ops.log(ops.where(is_real, ops.minimum(coverage, 1.0), 1.0))
        return self.beta * ops.sum(logs, axis=-1)

    def get_config(self):
        return {"beta": self.beta}


class RuledStep:
    """A step function that keeps rules: gives log-probabilities, impossible where one forbids.

    Its states are the room that is left (tokens up to the limit of the row), the number of tokens,
    what the rules remember, and then the model's. With no room left for more, a hypothesis may end,
    whatever the rules say.

    Args:
        step: the step function of a model, see `zoo.decoding.search`.
        rules: the rules.
        eos_id: the token that ends a sequence.
        gives_scores: whether the step gives scores, which stay as they are, not logits.
    """

    def __init__(self, step, rules: list[Rule], eos_id: int, gives_scores: bool = False):
        self.step = step
        self.rules = rules
        self.eos_id = eos_id
        self.gives_scores = gives_scores

    def start(self, max_lengths, beam: int, time, memory_time) -> list:
        """The states that stand before the model's; `max_lengths` is int32 `[batch]`."""
        batch = ops.shape(max_lengths)[0]
        count = ops.zeros((batch, beam), dtype="int32")
        room = ops.expand_dims(max_lengths, 1) + count
        remembered = [rule.start(batch, beam, time, memory_time) for rule in self.rules]
        return [room, count, *(state for states in remembered for state in states)]

    def __call__(self, tokens, states, constants):
        room, count, *rest = states
        remembered, model_states = split(self.rules, rest)
        logits, model_states, weights = self.step(tokens, model_states, constants)
        log_probs = ops.cast(logits, "float32")
        if not self.gives_scores:
            log_probs = ops.log_softmax(log_probs, axis=-1)
        is_open = ops.logical_and(tokens != self.eos_id, tokens != PAD_ID)
        vocabulary = logits.shape[-1]
        may_come = None
        for i, rule in enumerate(self.rules):
            remembered[i] = rule.advance(tokens, count, is_open, weights, remembered[i])
            allowed = rule.allowed(count, remembered[i], vocabulary)
            if allowed is not None:
                may_come = allowed if may_come is None else ops.logical_and(may_come, allowed)
        if may_come is not None:
            is_end = ops.arange(vocabulary, dtype="int32") == self.eos_id
            must_end = ops.logical_and(ops.expand_dims(room <= 1, -1), is_end)
            log_probs = ops.where(ops.logical_or(may_come, must_end), log_probs, IMPOSSIBLE)
        own = [room - 1, count + 1, *(state for states in remembered for state in states)]
        return log_probs, [*own, *model_states], weights

    @staticmethod
    def score(rules: list[Rule], states) -> float:
        """What the rules add to the scores, from the states of a `RuledStep`."""
        remembered, _ = split(rules, list(states)[2:])
        return sum(rule.score(own) for rule, own in zip(rules, remembered, strict=True))


def split(rules: list[Rule], states: list) -> tuple[list[list], list]:
    """What each rule remembers, and the states of the model."""
    remembered, used = [], 0
    for rule in rules:
        remembered.append(list(states[used : used + rule.state_count]))
        used += rule.state_count
    return remembered, list(states[used:])


def _word_graph(sequences: list[list[int]]) -> list[dict[int, int]]:
    """For each node, the node that each token leads to; 0 is where all sequences begin.

    Nodes from which the same may follow are one (Daciuk et al. 2000, Incremental construction of
    minimal acyclic finite-state automata; here the whole tree is there before any two are joined).
    """
    tree: list[dict[int, int]] = [{}]
    for sequence in sequences:
        node = 0
        for token in sequence:
            if token not in tree[node]:
                tree[node][token] = len(tree)
                tree.append({})
            node = tree[node][token]
    # Children stand behind their parents in the tree, so from the back each is known already.
    place = [0] * len(tree)
    known: dict[tuple, int] = {}
    nodes: list[dict[int, int]] = []
    for old in reversed(range(len(tree))):
        edges = {token: place[child] for token, child in tree[old].items()}
        alike = tuple(sorted(edges.items()))
        if alike not in known:
            known[alike] = len(nodes)
            nodes.append(edges)
        place[old] = known[alike]
    last = len(nodes) - 1
    return [{t: last - child for t, child in edges.items()} for edges in reversed(nodes)]


def _marked(tokens, marks, vocabulary: int):
    """Bool `[batch, beam, vocabulary]`: the tokens `[batch, beam, n]` that have a mark."""
    batch, beam, n = ops.shape(tokens)
    rows = ops.expand_dims(ops.arange(batch * beam, dtype="int32"), 1)
    rows = rows + ops.zeros((1, n), dtype="int32")
    places = ops.stack([ops.reshape(rows, (-1,)), ops.reshape(tokens, (-1,))], axis=-1)
    values = ops.cast(ops.reshape(marks, (-1,)), "int32")
    marked = ops.scatter(places, values, (batch * beam, vocabulary))
    return ops.reshape(marked, (batch, beam, vocabulary)) > 0
