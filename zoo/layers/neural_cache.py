"""What was written lately is likelier to be written again: a cache over a language model."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.causal_stack import last_steps, pack, unpack

_LEAST = 1e-30  # a probability that is none, for logarithms
_NEVER = -1e9  # below any score


@keras.saving.register_keras_serializable(package="zoo")
class NeuralCache(keras.layers.Layer):
    """Mixes a model's distribution with that of the tokens which followed states like this one.

    The continuous cache of Grave et al. 2017 (arXiv:1612.04426, section 3): of the last `size`
    steps it keeps the output `h_i` of the model's top layer and the token that followed,

        p_cache(w) ~ sum over i of exp(theta * h_t . h_i) where x_{i+1} = w,
        p(w) = (1 - lambda) * p_model(w) + lambda * p_cache(w).

    Names and words of a text that the model never met before are expected again once they have been
    read. Nothing is trained. Unlike in the paper, lambda grows while the cache fills, in
    proportion to the steps it keeps: what the first few were followed by says little.

    Args:
        size: steps that are kept.
        theta: how much likeness counts; 0 counts how often a token stands in the cache.
        lambda_: weight of a full cache in the mixture, in `[0, 1)`.

    Raises:
        ValueError: if one of them is out of its range.
    """

    def __init__(self, size: int = 500, theta: float = 0.3, lambda_: float = 0.1, **kwargs):
        super().__init__(**kwargs)
        if size < 1:
            raise ValueError(f"size must be 1 or more, not {size!r}.")
        if theta < 0:
            raise ValueError(f"theta must be 0 or more, not {theta!r}.")
        if not 0 <= lambda_ < 1:
            raise ValueError(f"lambda_ must be in [0, 1), not {lambda_!r}.")
        self.size = size
        self.theta = theta
        self.lambda_ = lambda_
        self.supports_masking = True
        self.built = True

    def get_initial_state(self, batch_size, width: int):
        """That before a text: outputs `[batch, size + 1, width]`, the tokens that followed all but
        the last of them, int32 `[batch, size]`, -1 where there are none, and whether anything was
        read, int32 `[batch]`.
        """
        return [
            ops.zeros((batch_size, self.size + 1, width), "float32"),
            ops.full((batch_size, self.size), -1, "int32"),
            ops.zeros((batch_size,), "int32"),
        ]

    def call(self, outputs, tokens, logits, state, is_real=None):
        """Mixes, and keeps what was read.

        Args:
            outputs: of the model's top layer, float `[batch, time, width]`.
            tokens: those that were read, int `[batch, time]`.
            logits: of the tokens that follow, float `[batch, time, vocabulary]`.
            state: that before the first token.
            is_real: bool `[batch, time]`; where it is False, nothing is kept or looked up. None:
                all.

        Returns:
            Logarithms of the mixed probabilities, float32 `[batch, time, vocabulary]`, and the
            state after the last real token.
        """
        outputs, tokens = ops.cast(outputs, "float32"), ops.cast(tokens, "int32")
        lengths = None
        if is_real is not None:
            outputs, lengths = pack(outputs, is_real)
            tokens, _ = pack(tokens, is_real)
        kept, followers, has_read = state
        kept = ops.concatenate([ops.cast(kept, "float32"), outputs], axis=1)
        # The output before the first token of a text is none.
        first = ops.where(ops.expand_dims(has_read, 1) > 0, tokens[:, :1], -1)
        followers = ops.concatenate([ops.cast(followers, "int32"), first, tokens[:, 1:]], axis=1)
        weights, filled = self._weights(outputs, kept[:, :-1], followers)
        cached = _sums_by_token(weights, followers, logits.shape[-1])
        if is_real is not None:
            cached, filled = unpack(cached, is_real), unpack(filled, is_real)
        weight = self.lambda_ * filled
        mixed = _log_of_sum(
            ops.log_softmax(ops.cast(logits, "float32"), axis=-1) + ops.log(1 - weight),
            ops.log(ops.maximum(weight * cached, _LEAST)),
        )
        count = ops.shape(tokens)[1] if lengths is None else lengths
        return mixed, [
            last_steps(kept, lengths, self.size + 1),
            last_steps(followers, lengths, self.size),
            ops.cast(ops.logical_or(has_read > 0, count > 0), "int32"),
        ]

    def _weights(self, outputs, kept, followers):
        """Weights of the kept steps `[batch, time, size + time]`, which add up to 1 where there are
        any, and how full the cache is, `[batch, time, 1]` from 0 to 1.
        """
        time, steps = ops.shape(outputs)[1], ops.shape(kept)[1]
        scores = self.theta * ops.matmul(outputs, ops.transpose(kept, (0, 2, 1)))
        # A step sees what was kept before it: the `size` followers that end with its own token.
        behind = ops.arange(steps)[None] - ops.arange(time)[:, None]
        is_seen = ops.logical_and(behind > 0, behind <= self.size)
        is_seen = ops.logical_and(is_seen[None], ops.expand_dims(followers, 1) >= 0)
        scores = ops.where(is_seen, scores, _NEVER)
        most = ops.max(scores, axis=-1, keepdims=True)
        is_seen = ops.cast(is_seen, "float32")
        weights = ops.exp(scores - most) * is_seen
        total = ops.sum(weights, axis=-1, keepdims=True)  # 1 at least, or 0
        filled = ops.sum(is_seen, axis=-1, keepdims=True) / self.size
        return weights / ops.maximum(total, 1e-3), filled

    def get_config(self):
        return {
            **super().get_config(),
            "size": self.size,
            "theta": self.theta,
            "lambda_": self.lambda_,
        }

    @classmethod
    def from_config(cls, config):
        renamed = {"flatness": "theta", "share": "lambda_"}  # as the first released files say
        return cls(**{renamed.get(key, key): value for key, value in config.items()})


def _log_of_sum(x, y):
    """`log(exp(x) + exp(y))`, by operations that other runtimes have too."""
    most = ops.maximum(x, y)
    return most + ops.log(ops.exp(x - most) + ops.exp(y - most))


def _sums_by_token(weights, tokens, vocabulary: int):
    """Weights of one token added up.

    Args:
        weights: `[batch, time, steps]`.
        tokens: int `[batch, steps]`; below 0, the weight is 0.
        vocabulary: how many tokens there are.

    Returns:
        `[batch, time, vocabulary]`.
    """
    batch, time, steps = ops.shape(weights)
    places = ops.maximum(tokens, 0) + vocabulary * ops.arange(batch, dtype="int32")[:, None]
    rows = ops.reshape(ops.transpose(weights, (0, 2, 1)), (batch * steps, time))
    sums = ops.segment_sum(rows, ops.reshape(places, (-1,)), batch * vocabulary)
    return ops.transpose(ops.reshape(sums, (batch, vocabulary, time)), (0, 2, 1))
