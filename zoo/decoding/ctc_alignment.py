"""When each label of a sequence was said: the likeliest way to say it, by Viterbi's method."""

from __future__ import annotations

from typing import Any, NamedTuple

from keras import ops

from zoo.backend.time_loop import scan
from zoo.decoding.arguments import IMPOSSIBLE
from zoo.decoding.frame_search import BLANK, is_frame, log_probabilities


class Alignment(NamedTuple):
    """When labels were said.

    Attributes:
        begins: int32 `[batch, label time]`, the first frame that says each label; -1 for padding,
            and throughout a row whose labels do not fit into its frames.
        ends: int32 of the same shape, the frame after the last that says it; -1 likewise.
        log_probs: float32 `[batch]`, of the likeliest way to say them, in nats; below -1e29 where
            there is none.
    """

    begins: Any
    ends: Any
    log_probs: Any


def align(logits, lengths, labels, label_lengths) -> Alignment:
    """Finds the likeliest way to say labels in connectionist temporal classification.

    The states are blank, first label, blank, second label and so on, as in Graves et al. 2006
    (section 4.1); from one to the next frame a way stays where it is, goes on by one, or over the
    blank between two labels that differ. Of two ways that are as likely the one that stays longer
    in a state is taken.

    Args:
        logits: float `[batch, time, classes]`; class 0 is the blank.
        lengths: int `[batch]`, frames of each row.
        labels: int `[batch, label time]`, at least one wide, filled up with anything.
        label_lengths: int `[batch]`.

    Returns:
        An `Alignment`.

    Example:

    >>> logits = ops.one_hot([[0, 1, 1, 2, 0]], 3) * 9.0
    >>> found = align(logits, [5], ops.convert_to_tensor([[1, 2]]), [2])
    >>> found.begins.numpy().tolist(), found.ends.numpy().tolist()  # doctest: +SKIP
    ([[1, 3]], [[3, 4]])
    """
    labels = ops.cast(labels, "int32")
    count = ops.expand_dims(ops.cast(label_lengths, "int32"), 1)
    batch, most = ops.shape(labels)
    real = is_frame(logits, lengths)
    blanks = ops.full_like(labels, BLANK)
    states = ops.reshape(ops.stack([blanks, labels], axis=-1), (batch, 2 * most))
    states = ops.concatenate([states, blanks[:, :1]], axis=1)
    width = 2 * most + 1
    numbers = ops.arange(width, dtype="int32")
    states = ops.where(numbers < 2 * count + 1, states, BLANK)
    time = ops.shape(logits)[1]
    at = ops.broadcast_to(ops.expand_dims(states, 1), (batch, time, width))
    scores = ops.take_along_axis(log_probabilities(logits), at, axis=2)
    scores = ops.where(ops.expand_dims(numbers < 2 * count + 1, 1), scores, IMPOSSIBLE)

    two_before = ops.concatenate([blanks[:, :1], blanks[:, :1], states[:, :-2]], axis=1)
    may_skip = (states != BLANK) & (states != two_before)
    # Before the first frame all ways stand before the first state, from which they may begin in it
    # or, by the same step, in the first label.
    begin = ops.where(numbers == 0, 0.0, ops.full((batch, 1), IMPOSSIBLE))

    def moved(best, by):
        filling = ops.full((batch, by), IMPOSSIBLE)
        return ops.concatenate([filling, best[:, : width - by]], axis=1)

    def forward(best, inputs):
        score, is_real = inputs
        skipped = ops.where(may_skip, moved(best, 2), IMPOSSIBLE)
        paths = ops.stack([best, moved(best, 1), skipped], axis=-1)
        came_by = ops.cast(ops.argmax(paths, axis=-1), "int32")
        after = ops.maximum(ops.max(paths, axis=-1) + score, IMPOSSIBLE)
        is_real = ops.expand_dims(is_real, 1)
        return ops.where(is_real, after, best), ops.where(is_real, came_by, 0)

    time_first = ops.transpose(scores, (1, 0, 2)), ops.transpose(real)
    best, came_by = scan(forward, begin, time_first)
    last = ops.concatenate([2 * count, ops.maximum(2 * count - 1, 0)], axis=1)
    ends = ops.take_along_axis(best, last, axis=1)
    is_label = ops.cast(ends[:, 1] > ends[:, 0], "int32")
    state = ops.take_along_axis(last, ops.expand_dims(is_label, 1), axis=1)[:, 0]

    def backward(state, came_by):
        step = ops.take_along_axis(came_by, ops.expand_dims(state, 1), axis=1)[:, 0]
        return state - step, state

    _, walked = scan(backward, state, came_by, reverse=True)
    walked = ops.where(real, ops.transpose(walked), -1)  # [batch, time], the state at each frame
    log_probs = ops.max(ends, axis=1)
    begins, ends = _spans(walked, most, count, log_probs)
    return Alignment(begins, ends, log_probs)


def _spans(walked, most, count, log_probs):
    """The first frame of each label and the one after its last, of states `[batch, time]`."""
    time = ops.shape(walked)[1]
    numbers = ops.arange(most, dtype="int32")
    says = ops.expand_dims(walked, -1) == 2 * numbers + 1  # [batch, time, label time]
    frames = ops.expand_dims(ops.arange(time, dtype="int32"), 1)
    begins = ops.min(ops.where(says, frames, time), axis=1)
    ends = ops.max(ops.where(says, frames + 1, 0), axis=1)
    is_said = (numbers < count) & ops.expand_dims(log_probs > IMPOSSIBLE / 2, 1)
    return ops.where(is_said, begins, -1), ops.where(is_said, ends, -1)
