"""A linear chain over labels: scores of neighbours beside the scores of each position."""

from __future__ import annotations

import keras
from keras import ops

from zoo.backend.time_loop import scan


@keras.saving.register_keras_serializable(package="zoo")
class CRF(keras.layers.Layer):
    """Linear-chain conditional random field (Lafferty et al. 2001; Huang et al. 2015).

    The score of a sequence of labels is the sum of its scores at each position, of the transition
    between each two neighbours, and of its first and its last label (arXiv:1508.01991, eq. 8).
    Padding stands at the right; a row may be all padding.

    Args:
        label_count: number of labels.
    """

    def __init__(self, label_count: int, **kwargs):
        super().__init__(**kwargs)
        self.label_count = label_count

    def build(self, input_shape=None):
        count = self.label_count
        self.transitions = self.add_weight(
            name="transitions", shape=(count, count), initializer="zeros"
        )
        self.first = self.add_weight(name="first", shape=(count,), initializer="zeros")
        self.last = self.add_weight(name="last", shape=(count,), initializer="zeros")

    def log_likelihood(self, scores, labels, mask):
        """Log-probability of the labels: their score, normalised by the forward algorithm.

        Args:
            scores: float `[batch, time, labels]`.
            labels: int `[batch, time]`.
            mask: bool `[batch, time]`, True = real.

        Returns:
            float32 `[batch]`, 0 where a row is all padding.
        """
        scores, real = ops.cast(scores, "float32"), ops.cast(mask, "float32")
        labels = ops.cast(labels, "int32")
        is_label = ops.cast(ops.one_hot(labels, self.label_count), "float32")
        at_positions = ops.sum(scores * is_label, axis=-1) * real
        between = ops.einsum("bti,ij,btj->bt", is_label[:, :-1], self.transitions, is_label[:, 1:])
        path = ops.sum(at_positions, axis=1) + ops.sum(between * real[:, 1:], axis=1)
        ends = ops.einsum("btl,bt->bl", is_label, _last_step(real))
        path = path + ops.matmul(is_label[:, 0], self.first) + ops.matmul(ends, self.last)
        return (path - self._log_normaliser(scores, real)) * real[:, 0]

    def _log_normaliser(self, scores, real):
        """Logarithm of the summed exponentials of all paths, `[batch]`."""
        steps = ops.transpose(scores, (1, 0, 2))
        mask = ops.expand_dims(ops.transpose(real), -1)
        transitions = ops.expand_dims(ops.convert_to_tensor(self.transitions), 0)

        def step(forward, inputs):
            score, is_real = inputs
            best = ops.logsumexp(ops.expand_dims(forward, 2) + transitions, axis=1)
            forward = is_real * (best + score) + (1 - is_real) * forward
            return forward, ()

        forward, _ = scan(step, steps[0] + self.first, (steps[1:], mask[1:]))
        return ops.logsumexp(forward + self.last, axis=-1)

    def decode(self, scores, mask):
        """The most probable labels (Viterbi 1967).

        Args:
            scores: float `[batch, time, labels]`.
            mask: bool `[batch, time]`, True = real.

        Returns:
            int32 `[batch, time]`, 0 at padding.
        """
        scores, real = ops.cast(scores, "float32"), ops.cast(mask, "float32")
        steps = ops.transpose(scores, (1, 0, 2))
        mask = ops.expand_dims(ops.transpose(real), -1)
        transitions = ops.expand_dims(ops.convert_to_tensor(self.transitions), 0)
        stay = ops.arange(self.label_count, dtype="int32")

        def forward_step(forward, inputs):
            score, is_real = inputs
            paths = ops.expand_dims(forward, 2) + transitions
            came_from = ops.cast(ops.argmax(paths, axis=1), "int32")
            came_from = ops.where(is_real > 0, came_from, stay)
            best = ops.max(paths, axis=1) + score
            return is_real * best + (1 - is_real) * forward, came_from

        forward, came_from = scan(forward_step, steps[0] + self.first, (steps[1:], mask[1:]))
        last = ops.cast(ops.argmax(forward + self.last, axis=-1), "int32")

        def backward_step(label, inputs):
            before = ops.take_along_axis(inputs[0], ops.expand_dims(label, -1), axis=1)[:, 0]
            return before, before

        _, labels = scan(backward_step, last, (came_from,), reverse=True)
        labels = ops.concatenate([labels, ops.expand_dims(last, 0)], axis=0)
        return ops.transpose(labels) * ops.cast(real, "int32")

    def compute_output_shape(self, input_shape):
        return input_shape[:-1]

    def get_config(self):
        return {**super().get_config(), "label_count": self.label_count}


def _last_step(real):
    """1 at the last real step of each row, `[batch, time]`; nowhere in a row of padding."""
    after = ops.concatenate([real[:, 1:], ops.zeros_like(real[:, :1])], axis=1)
    return real * (1 - after)
