"""Attention over spans of the memory."""

import keras
from keras import ops

from zoo.layers import AdditiveAttention


@keras.saving.register_keras_serializable(package="zoo_area_attention")
class AreaAttention(AdditiveAttention):
    """Area attention in one dimension (Li et al. 2019, arXiv:1810.10126, section 3).

    What is attended to are all spans of 1 to `size` neighbouring positions. The key of a span is
    the mean of its positions' memories, compared with the query additively (Bahdanau et al. 2015);
    its value is their sum. A span with padding in it is not attended to. The weights that are
    returned are those of positions: each span's is shared out evenly among its positions.

    Args:
        units: width of the comparison.
        size: positions of the longest span.

    >>> attention = AreaAttention(8, size=2)
    >>> memory, query = ops.ones((2, 5, 4)), ops.ones((2, 3, 6))
    >>> attention.build([(2, 3, 6), (2, 5, 4)])
    >>> context, weights = attention(query, attention.precompute(memory))
    >>> tuple(context.shape), tuple(weights.shape)
    ((2, 3, 4), (2, 3, 5))
    """

    def __init__(self, units, size=3, **kwargs):
        super().__init__(units, **kwargs)
        if size < 1:
            raise ValueError(f"size must be 1 or more, not {size}.")
        self.size = size

    def precompute(self, memory, mask=None):
        """Returns `(values, keys, mask)` of all spans, `[batch, size * memory time, ...]`.

        The spans of one length stand together; the span at place t ends at position t.
        """
        if mask is None:
            mask = ops.ones(ops.shape(memory)[:2], dtype="bool")
        real = ops.cast(ops.expand_dims(mask, -1), memory.dtype)
        memory = memory * real
        values, means, masks = [memory], [memory], [real]
        for length in range(2, self.size + 1):
            # One position more at the left of every span of the length before.
            values.append(memory + _later(values[-1]))
            means.append(values[-1] / length)
            masks.append(real * _later(masks[-1]))
        mask = ops.concatenate(masks, axis=1)
        keys = self.keys(ops.concatenate(means, axis=1))
        return ops.concatenate(values, axis=1), keys, ops.transpose(mask, (0, 2, 1))

    def call(self, query, precomputed):
        """Returns contexts `[batch, queries, features]` and the weights of positions."""
        context, spans = super().call(query, precomputed)
        weights, parts = 0.0, ops.split(spans, self.size, axis=-1)
        for length, part in enumerate(parts, start=1):
            part = part / length
            for _ in range(length):
                weights = weights + part
                part = _earlier(part)
        return context, weights

    def compute_output_shape(self, query_shape, precomputed=None):
        """Returns the shapes of contexts and weights."""
        batch, spans, features = precomputed[0]
        time = None if spans is None else spans // self.size
        return (*query_shape[:-1], features), (*query_shape[:-1], time)

    def get_config(self):
        """Returns the arguments that make this attention again."""
        return {**super().get_config(), "size": self.size}


def _later(x):
    """`[batch, time, ...]` moved one step towards the end."""
    return ops.concatenate([ops.zeros_like(x[:, :1]), x[:, :-1]], axis=1)


def _earlier(weights):
    """`[batch, queries, time]` moved one step towards the begin."""
    return ops.concatenate([weights[..., 1:], ops.zeros_like(weights[..., :1])], axis=-1)
