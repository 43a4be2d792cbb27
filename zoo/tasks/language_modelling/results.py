"""What scoring a text returns: how probable it is, and which of its tokens are surprising."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

from zoo.errors import printable
from zoo.tasks.html import heat

_COLOURLESS, _HOTTEST = 1.0, 9.0  # bits that are shown without colour, and in the strongest


@dataclasses.dataclass(frozen=True)
class TextScore:
    """How probable a model finds a text.

    Attributes:
        log_prob: natural logarithm of the probability of all tokens.
        perplexity: `exp(-log_prob / number of tokens)`.
        bits_per_token: `-log2 P / number of tokens`; of a model of characters, bits per character.
        tokens: the tokens of the text.
        token_log_probs: the log-probability of each, given all before it.
    """

    log_prob: float
    perplexity: float
    bits_per_token: float
    tokens: list[str]
    token_log_probs: list[float]

    def _repr_html_(self) -> str:
        bits = [-value / math.log(2) for value in self.token_log_probs]
        text = Surprise(self.tokens, bits)._repr_html_()
        figures = f"perplexity {self.perplexity:.2f}, {self.bits_per_token:.3f} bits a token"
        return f"{text}<small>{figures}</small>"

    @classmethod
    def of(cls, tokens: list[str], log_probs: list[float]) -> TextScore:
        """The score of tokens with their log-probabilities; of no tokens, that of certainty."""
        total = math.fsum(log_probs)
        mean = -total / max(len(tokens), 1)
        return cls(total, math.exp(mean), mean / math.log(2), tokens, log_probs)


@dataclasses.dataclass(frozen=True)
class Surprise:
    """How many bits each token of a text took by surprise.

    It iterates over `(token, bits)`, and `rich.print` shows it as a heat line.

    Attributes:
        tokens: the tokens of the text.
        bits: `-log2` of the probability of each, given all before it.
        separator: what stands between two tokens of the text.
    """

    tokens: list[str]
    bits: list[float]
    separator: str = ""

    def __iter__(self) -> Iterator[tuple[str, float]]:
        return iter(zip(self.tokens, self.bits, strict=True))

    def __len__(self) -> int:
        return len(self.tokens)

    def to_json(self) -> dict[str, Any]:
        """Plain data: `tokens`, each a `token` and its `bits`, and the `separator`."""
        tokens = [{"token": token, "bits": bits} for token, bits in self]
        return {"tokens": tokens, "separator": self.separator}

    def _repr_html_(self) -> str:
        titles = [f"{bits:.1f} bits" for bits in self.bits]
        return heat(self.tokens, [_heat(bits) for bits in self.bits], titles, self.separator)

    def __rich__(self):
        """The text, the background of each token the redder the more surprising it is."""
        from rich.text import Text

        line = Text()
        for number, (token, bits) in enumerate(self):
            if number and not line.plain.endswith("\n"):
                line.append(self.separator)
            is_end = token in ("\n", "<eos>")
            line.append("⏎" if is_end else printable(token), style=_style(bits))
            line.append("\n" if is_end else "")
        return line


def _heat(bits: float) -> float:
    """How hot a token is that took so many bits, 0 to 1."""
    return min(max((bits - _COLOURLESS) / (_HOTTEST - _COLOURLESS), 0.0), 1.0)


def _style(bits: float) -> str:
    if _heat(bits) == 0:
        return ""
    fade = round(235 * (1 - _heat(bits)))
    return f"black on rgb(255,{fade},{fade})"
