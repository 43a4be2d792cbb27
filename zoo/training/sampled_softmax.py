"""A softmax over the true token and a sample of the others, which costs less than all of them."""

from __future__ import annotations

import numpy as np
from keras import ops

_NEVER = -1e9  # below any logit


def sampling_chances(counts: np.ndarray, power: float = 0.75, first: int = 0) -> np.ndarray:
    """The chance of each token to be drawn.

    Args:
        counts: how often each id stands in the text, `[vocabulary]`.
        power: tokens are drawn in proportion to their counts to this power.
        first: the ids below are never drawn.

    Returns:
        Float64 `[vocabulary]`, which add up to 1.
    """
    chances = np.maximum(counts, 0).astype("float64") ** power
    chances[:first] = 0
    return chances / chances.sum()


def log_chances(chances: np.ndarray) -> np.ndarray:
    """Their logarithms, float32 `[vocabulary]`; of what is never drawn that of 1e-12."""
    return np.log(np.maximum(chances, 1e-12)).astype("float32")


def sampled_cross_entropy(asked, labels, drawn, vectors_of, bias, chances):
    """Cross-entropy of each label, of a softmax over the label itself and a sample of all tokens.

    The logit of a token is corrected by the probability that the sample has it, once or more, so
    that the whole softmax is learnt (Jean et al. 2015, arXiv:1412.2007, section 3). A token that is
    drawn again, or is the label, counts once: of a sample of everything this is the whole softmax.

    Args:
        asked: float `[..., width]`.
        labels: int `[...]`.
        drawn: int `[n]`, tokens drawn by `chances`, with replacement.
        vectors_of: gives the vectors `[..., width]` of ids.
        bias: float `[vocabulary]`, of the softmax.
        chances: float32 `[vocabulary]`, of each token to be drawn first.

    Returns:
        Float32 `[...]`, in nats of the sampled softmax.
    """
    draws = ops.cast(ops.shape(drawn)[0], "float32")

    def offset(ids):
        never = draws * ops.log1p(-ops.minimum(ops.take(chances, ids), 1 - 1e-6))
        among = ops.log(ops.maximum(-ops.expm1(never), 1e-12))
        return ops.cast(ops.take(bias, ids), "float32") - among

    # The products may be of half precision; sums of many exponentials may not.
    true = ops.sum(ops.cast(asked * vectors_of(labels), "float32"), axis=-1) + offset(labels)
    drawn = ops.sort(drawn)
    again = ops.concatenate([ops.zeros((1,), "bool"), drawn[1:] == drawn[:-1]], axis=0)
    others = ops.matmul(asked, ops.transpose(vectors_of(drawn)))
    others = ops.cast(others, "float32") + ops.where(again, _NEVER, offset(drawn))
    others = ops.where(ops.expand_dims(labels, -1) == drawn, _NEVER, others)
    logits = ops.concatenate([ops.expand_dims(true, -1), others], axis=-1)
    return ops.logsumexp(logits, axis=-1) - true
