"""Greedy search: the best token at every step."""

from __future__ import annotations

from keras import ops

from zoo.decoding.tokenwise_search import TokenwiseSearch


class GreedySearch(TokenwiseSearch):
    """Takes the most probable token at every step until the end of sequence.

    Args:
        max_length: tokens of the longest output, the end of sequence included; see `Search`.
        alpha: strength of the length normalisation of the scores.
        length_penalty: "wu" or "average", see `Search`.
        rules: what outputs must keep to, see `zoo.decoding.rules`.
        bos_id: the token before the first.
        eos_id: the token that ends a sequence.

    Example: see `BeamSearch`, which is called the same way.
    """

    def decide(self, logits, noise):
        return ops.cast(ops.argmax(logits, axis=-1), "int32")
