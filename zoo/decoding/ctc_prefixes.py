"""How likely an output begins with given labels, by all the ways to say what it may go on with."""

from __future__ import annotations

from keras import ops

from zoo.backend.time_loop import scan
from zoo.decoding.arguments import IMPOSSIBLE
from zoo.decoding.frame_search import BLANK


def start(log_probs) -> list:
    """What is kept of the prefix without labels.

    Args:
        log_probs: float32 `[batch, time, labels]`, of which the first is the blank; padding at the
            end is blank for sure, as a `CTCHead` gives it.

    Returns:
        Log-probabilities `[batch, time]` of the ways to have said the prefix by each frame that
        end in a label, and of those that end in a blank.
    """
    blank = ops.cumsum(log_probs[..., BLANK], axis=1)
    return [ops.full_like(blank, IMPOSSIBLE), ops.maximum(blank, IMPOSSIBLE)]


def extended(labels, last, states, log_probs) -> tuple[list, object]:
    """What is kept of prefixes with a label more (Watanabe et al. 2017, algorithm 2).

    Args:
        labels: int32 `[batch, beam]`, the new labels.
        last: int32 `[batch, beam]`, the labels before them; 0 where there is none.
        states: of the prefixes before, two of `[batch, beam, time]`.
        log_probs: as for `start`.

    Returns:
        The states, and the log-probabilities of the prefixes, `[batch, beam]`.
    """
    new = _of_labels(log_probs, labels)
    entry = _before(states, last, ops.expand_dims(labels == last, -1))
    silence = ops.broadcast_to(ops.expand_dims(log_probs[..., BLANK], 1), ops.shape(new))

    def step(carry, inputs):
        label, blank = carry
        entry, said, silent = inputs
        after = ops.logaddexp(label, entry) + said, ops.logaddexp(label, blank) + silent
        after = tuple(ops.maximum(one, IMPOSSIBLE) for one in after)
        return after, after

    never = ops.full_like(new[..., 0], IMPOSSIBLE)
    inputs = tuple(ops.moveaxis(one, 2, 0) for one in (entry, new, silence))
    _, found = scan(step, (never, never), inputs)
    states = [ops.moveaxis(one, 0, 2) for one in found]
    return states, ops.maximum(ops.logsumexp(entry + new, axis=-1), IMPOSSIBLE)


def continuations(last, states, log_probs):
    """Log-probabilities of prefixes with one more label each, and of their being whole outputs.

    `log P(prefix + label ...)` is the sum over all ways of all outputs that begin so (Graves 2008,
    Supervised sequence labelling with recurrent neural networks, section 7.5; Watanabe et al. 2017,
    equations 19 to 21).

    Args:
        last: int32 `[batch, beam]`, the last label of each prefix; 0 where there is none.
        states: of the prefixes, two of `[batch, beam, time]`.
        log_probs: as for `start`.

    Returns:
        float32 `[batch, beam, labels + 1]`: the prefix with each label, the blank never, and at the
        end the prefix as whole output.
    """
    size = log_probs.shape[-1]
    labels = ops.arange(size, dtype="int32")
    is_same = ops.expand_dims(last, -1) == labels  # [batch, beam, labels]
    every = ops.expand_dims(log_probs, 1)  # [batch, 1, time, labels]
    entry = _before(states, last, False)
    others = ops.logsumexp(ops.expand_dims(entry, -1) + every, axis=2)
    again = _before(states, last, True) + _of_labels(log_probs, last)
    again = ops.expand_dims(ops.logsumexp(again, axis=-1), -1)
    found = ops.where(is_same, again, others)
    found = ops.where(labels == BLANK, IMPOSSIBLE, found)
    whole = ops.logaddexp(states[0][..., -1:], states[1][..., -1:])
    return ops.maximum(ops.concatenate([found, whole], axis=-1), IMPOSSIBLE)


def _before(states, last, is_same):
    """Ways to have said prefixes by the frame before each, after which a label may begin.

    Args:
        last: as for `extended`.
        is_same: bool that goes with `[batch, beam, time]`: whether that label is the last one, for
            which a blank has to stand between.
    """
    label, blank = states
    ways = ops.where(is_same, blank, ops.logaddexp(label, blank))
    begin = ops.where(last == BLANK, 0.0, ops.full(ops.shape(last), IMPOSSIBLE, "float32"))
    return ops.concatenate([ops.expand_dims(begin, -1), ways[..., :-1]], axis=-1)


def _of_labels(log_probs, labels):
    """Log-probabilities at each frame of labels `[batch, beam]`: `[batch, beam, time]`."""
    time = ops.shape(log_probs)[1]
    places = ops.broadcast_to(
        ops.expand_dims(labels, 1), (*ops.shape(labels)[:1], time, labels.shape[1])
    )
    return ops.moveaxis(ops.take_along_axis(log_probs, places, axis=2), 1, 2)
