"""Tokens copied from a source: one distribution of what is written and what is taken over."""

from __future__ import annotations

from keras import ops

_LEAST = 1e-20  # added to probabilities: far below what a search tells apart, and above no float32


def copied_log_probs(logits, gate, weights, source):
    """The logarithms of the probabilities of See et al. 2017 (arXiv:1704.04368, eq. 9).

    Args:
        logits: `[batch, queries, vocabulary]`, of tokens that are written.
        gate: `[batch, queries, 1]`, before the sigmoid: how far they are written, not copied.
        weights: `[batch, queries, source time]`, of the attention.
        source: int `[batch, source time]`, ids of the same vocabulary.

    Returns:
        float32 `[batch, queries, vocabulary]`.

    Example:

    >>> from keras import ops
    >>> logits, gate = ops.zeros((1, 1, 2)), ops.zeros((1, 1, 1))
    >>> found = copied_log_probs(logits, gate, ops.ones((1, 1, 1)), ops.ones((1, 1), "int32"))
    >>> ops.convert_to_numpy(ops.exp(found)).round(2).tolist()
    [[[0.25, 0.75]]]
    """
    written = ops.sigmoid(ops.cast(gate, "float32"))
    probabilities = written * ops.softmax(ops.cast(logits, "float32"), axis=-1)
    copied = _weights_of_tokens(ops.cast(weights, "float32"), source, logits.shape[-1])
    return ops.log(probabilities + (1 - written) * copied + _LEAST)


def _weights_of_tokens(weights, source, vocabulary: int):
    """For each token the sum of the weights of its places, `[batch, queries, vocabulary]`."""
    batch, queries, _ = ops.shape(weights)
    # One row for each token of each item, all queries side by side: they share the places.
    rows = ops.expand_dims(ops.arange(batch, dtype="int32") * vocabulary, 1)
    rows = ops.reshape(rows + ops.cast(source, "int32"), (-1, 1))
    values = ops.reshape(ops.transpose(weights, (0, 2, 1)), (-1, queries))
    sums = ops.scatter(rows, values, (batch * vocabulary, queries))
    return ops.transpose(ops.reshape(sums, (batch, vocabulary, queries)), (0, 2, 1))
