"""What translating and scoring return when more than the text is asked for."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from zoo.tasks.html import alignment, escaped, heat


@dataclasses.dataclass(frozen=True)
class Translation:
    """One output of a translation model.

    Attributes:
        text: the translation.
        score: what the search ranks by: the log-probability, normalised by length.
        log_prob: natural logarithm of the probability of the tokens, the end of sequence included.
        tokens: the subwords of the translation, with the end of sequence.
        source_tokens: the subwords of the source, with the end of sequence.
        attention: float32 `[tokens, source_tokens]`, rows summing to 1, or None.
    """

    text: str
    score: float
    log_prob: float
    tokens: list[str]
    source_tokens: list[str]
    attention: np.ndarray | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data: `text`, `score`, `tokens`, `source_tokens`, and `attention` where it is."""
        found: dict[str, Any] = {
            "text": self.text,
            "score": float(self.score),
            "tokens": list(self.tokens),
        }
        found["source_tokens"] = list(self.source_tokens)
        if self.attention is not None:
            found["attention"] = [[round(float(one), 4) for one in row] for row in self.attention]
        return found

    def _repr_html_(self) -> str:
        table = alignment(self.tokens, self.source_tokens, self.attention)
        return f"<p>{escaped(self.text)} <small>({self.score:.3f})</small></p>{table}"


@dataclasses.dataclass(frozen=True)
class TargetScore:
    """How probable a model finds a given output.

    Attributes:
        log_prob: natural logarithm of the probability of the tokens, the end of sequence included.
        score: the same, normalised by length as a search does.
        perplexity: `exp(-log_prob / number of tokens)`.
        tokens: the subwords of the output, with the end of sequence.
        token_log_probs: the log-probability of each.
    """

    log_prob: float
    score: float
    perplexity: float
    tokens: list[str]
    token_log_probs: list[float]

    def _repr_html_(self) -> str:
        titles = [f"{value:.3f}" for value in self.token_log_probs]
        heats = [1 - math.exp(min(value, 0.0)) for value in self.token_log_probs]
        return f"{heat(self.tokens, heats, titles)}<small>perplexity {self.perplexity:.2f}</small>"
