"""The likeliest label at every frame."""

from __future__ import annotations

from typing import Any

from keras import ops

from zoo.decoding.frame_search import BLANK, FrameSearch, empty_ids, is_frame, log_probabilities
from zoo.decoding.hypotheses import Hypotheses


class CTCGreedySearch(FrameSearch):
    """Takes the likeliest label at every frame ("best path", Graves et al. 2006, section 3.2).

    The log-probability that it gives is that of this one way to say the output. What it has found
    stays as it is whatever frames come later.

    Example: a label twice, with a blank between.

    >>> from keras import ops
    >>> logits = ops.one_hot([[1, 1, 0, 1, 2]], 3) * 9.0
    >>> found = CTCGreedySearch()(logits, [5])
    >>> ops.convert_to_numpy(found.ids)[0, 0].tolist(), int(found.lengths[0, 0])
    ([1, 1, 2, 0, 0], 3)
    """

    def start(self, batch, size, max_length, language: Any = None) -> dict:
        return {
            "ids": empty_ids(batch, 1, max_length),
            "lengths": ops.zeros((batch, 1), dtype="int32"),
            "last": ops.zeros((batch,), dtype="int32"),  # label of the last frame
            "log_probs": ops.zeros((batch, 1), dtype="float32"),
        }

    def read(self, logits, lengths, state, language: Any = None) -> dict:
        log_probs = log_probabilities(logits)
        is_real = is_frame(logits, lengths)
        said = ops.cast(ops.argmax(log_probs, axis=-1), "int32")
        gain = ops.where(is_real, ops.max(log_probs, axis=-1), 0.0)
        before = ops.concatenate([ops.expand_dims(state["last"], 1), said], axis=1)
        is_new = is_real & (said != BLANK) & (said != before[:, :-1])
        ends = ops.expand_dims(ops.cast(lengths, "int32"), 1)
        last = ops.take_along_axis(before, ops.minimum(ends, ops.shape(said)[1]), axis=1)[:, 0]

        # The new labels in a row, and then each behind those that were there.
        time = ops.shape(said)[1]
        order = ops.argsort(
            ops.arange(time, dtype="int32") + time * ops.cast(~is_new, "int32"), axis=1
        )
        said = ops.take_along_axis(said, ops.cast(order, "int32"), axis=1)
        count = ops.sum(ops.cast(is_new, "int32"), axis=1, keepdims=True)
        room = ops.shape(state["ids"])[2]
        places = ops.arange(room, dtype="int32") - state["lengths"]
        found = ops.take_along_axis(said, ops.clip(places, 0, time - 1), axis=1)
        is_added = (places >= 0) & (places < count)
        ids = ops.where(is_added, found, state["ids"][:, 0])
        return {
            "ids": ops.expand_dims(ids, 1),
            "lengths": ops.minimum(state["lengths"] + count, room),
            "last": last,
            "log_probs": state["log_probs"] + ops.sum(gain, axis=1, keepdims=True),
        }

    def end(self, state) -> Hypotheses:
        return Hypotheses(state["ids"], state["log_probs"], state["log_probs"], state["lengths"])
