"""What a search returns."""

from __future__ import annotations

from typing import Any, NamedTuple


class Hypotheses(NamedTuple):
    """Output sequences of a batch, the best first.

    Attributes:
        ids: int32 `[batch, n, time]`: tokens, the end of sequence included, then padding (0).
        scores: float32 `[batch, n]`: what the search ranks by.
        log_probs: float32 `[batch, n]`: natural logarithm of the probability of the sequence.
        lengths: int32 `[batch, n]`: number of tokens, the end of sequence included.
        attention: float `[batch, n, time, memory time]`, or None where it was not asked for.
    """

    ids: Any
    scores: Any
    log_probs: Any
    lengths: Any
    attention: Any = None
