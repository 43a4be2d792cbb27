"""A question that is changed by one sentence after another, until it is easy to answer."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once


@keras.saving.register_keras_serializable(package="zoo")
class QueryReduction(keras.layers.Layer):
    """One layer of a query-reduction network (Seo et al. 2017, arXiv:1606.04582, section 2).

    At the sentence `x_t` with the question `q_t` the state is reduced by

        z_t = sigmoid(w_z . (x_t * q_t) + b_z)          update gate: is this sentence of use?
        r_t = sigmoid(w_r . (x_t * q_t) + b_r)          reset gate
        c_t = tanh(W [x_t; q_t] + b)                    the question, reduced by this sentence
        h_t = z_t r_t c_t + (1 - z_t) h_{t-1},  h_0 = 0.

    The gates are single numbers and know no state, so that all steps are computed at once: `h_t`
    is the sum over `i <= t` of `z_i r_i c_i` times the product of all later `1 - z_j` (eq. 4). A
    second state runs from the last sentence to the first, with a reset gate of its own.

    Args:
        units: width of sentences and questions.
        dropout: fraction of the reduced questions `c_t` dropped in training.
        two_ways: whether there is a state that runs backward.

    Example:

    >>> import keras
    >>> layer = QueryReduction(4)
    >>> sentences = keras.ops.ones((2, 3, 4))
    >>> state, gates = layer(sentences, sentences)
    >>> tuple(state.shape), tuple(gates.shape)
    ((2, 3, 4), (2, 3))
    """

    def __init__(self, units: int, dropout: float = 0.0, two_ways: bool = True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dropout = dropout
        self.two_ways = two_ways
        self.reduced = keras.layers.Dense(units, activation="tanh", name="reduced")
        self.gates = keras.layers.Dense(3 if two_ways else 2, name="gates")
        self.reduced_dropout = keras.layers.Dropout(dropout)
        self.supports_masking = True

    def build(self, sentences_shape, questions_shape=None):
        build_once(self.reduced, (None, None, 2 * self.units))
        build_once(self.gates, (None, None, self.units))
        # At first a sentence is rather passed over, as most are of no use.
        values = [keras.ops.convert_to_numpy(one) for one in self.gates.get_weights()]
        values[1][0] = -1.0
        self.gates.set_weights(values)
        self.built = True

    def call(self, sentences, questions, mask=None, training=False):
        """Reads all sentences.

        Args:
            sentences: `[batch, sentences, units]`.
            questions: the question as it is at each, of the same shape.
            mask: bool `[batch, sentences]`, True = real. None: all are. What is not real leaves
                the states as they are.
            training: whether dropout is on.

        Returns:
            The state at each sentence, where there are two their sum, `[batch, sentences, units]`;
            and the update gates, `[batch, sentences]`, 0 where no sentence is.
        """
        if mask is None:
            mask = ops.ones(ops.shape(sentences)[:2], "bool")
        real = ops.cast(mask, "float32")
        both = ops.concatenate([sentences, questions], axis=-1)
        reduced = self.reduced_dropout(self.reduced(both), training=training)
        scores = ops.cast(self.gates(sentences * questions), "float32")
        update = ops.sigmoid(scores[..., 0]) * real
        kept = -ops.softplus(scores[..., 0]) * real  # log(1 - z)
        before = ops.cumsum(kept, axis=1)
        state = 0.0
        for way in range(2 if self.two_ways else 1):
            weights = _shares(before, kept, way == 1) * ops.expand_dims(
                update * ops.sigmoid(scores[..., 1 + way]), 1
            )
            state += ops.matmul(ops.cast(weights, reduced.dtype), reduced)
        return state, update

    def compute_mask(self, sentences, mask=None):
        return None  # the caller has it

    def compute_output_shape(self, sentences_shape, questions_shape=None):
        return sentences_shape, sentences_shape[:2]

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "dropout": self.dropout,
            "two_ways": self.two_ways,
        }


def _shares(before, kept, go_backwards: bool):
    """Which part of what was written at a sentence (last axis) is left at another.

    Args:
        before: sums of `kept` up to and with each sentence, `[batch, sentences]`.
        kept: logarithms of the part of the state that a sentence leaves.
        go_backwards: whether the state runs from the last sentence to the first.

    Returns:
        `[batch, sentences, sentences]`.
    """
    steps = ops.arange(ops.shape(before)[1])
    if go_backwards:
        until = before - kept  # of the sentences between, without both ends
        logs = ops.expand_dims(until, 1) - ops.expand_dims(until, 2)
        is_seen = ops.expand_dims(steps, 1) <= ops.expand_dims(steps, 0)
    else:
        logs = ops.expand_dims(before, 2) - ops.expand_dims(before, 1)
        is_seen = ops.expand_dims(steps, 1) >= ops.expand_dims(steps, 0)
    # Masked first: the exponential of what is not seen may be infinite, and so its gradient.
    return ops.exp(ops.where(is_seen, logs, -1e9))
