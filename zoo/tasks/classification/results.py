"""What classifying and answering return: the label, and how probable; what was read for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from zoo.errors import printable
from zoo.tasks.html import bars, escaped


class Classification(NamedTuple):
    """The answer of a classifier for one item.

    Attributes:
        label: the most probable label.
        probabilities: of every label; they sum to 1.
    """

    label: str
    probabilities: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Plain data: the label and the probability of every label."""
        return {"label": self.label, "probabilities": self.probabilities}

    def _repr_html_(self) -> str:
        ranked = sorted(self.probabilities.items(), key=lambda pair: -pair[1])
        return f"<b>{escaped(self.label)}</b>{bars(ranked)}"

    def line(self, colour: Callable[[str], str] | None = None) -> str:
        """The label and its probability, separated by a tab.

        Args:
            colour: what is shown of the label in place of itself.
        """
        label = printable(self.label) if colour is None else colour(self.label)
        return f"{label}\t{self.probabilities[self.label]:.3f}"


class Answer(NamedTuple):
    """The answer to one question about a story.

    Attributes:
        text: the most probable answer; several things are set apart by commas.
        probability: of this answer.
        sentences: of the story, as they were read.
        attention: how much of the question each sentence replaced in each reading, float32
            `[readings, sentences]` from 0 to 1.
    """

    text: str
    probability: float
    sentences: tuple[str, ...]
    attention: np.ndarray

    def to_json(self) -> dict[str, Any]:
        """Plain data: the answer, its probability, and each sentence with its weights."""
        read = zip(self.sentences, self.attention.T.tolist(), strict=True)
        return {
            "answer": self.text,
            "probability": self.probability,
            "read": [{"sentence": sentence, "weights": weights} for sentence, weights in read],
        }

    def _repr_html_(self) -> str:
        bars_of = zip(self.sentences, self.attention.max(axis=0).tolist(), strict=True)
        return f"<b>{escaped(self.text)}</b> {self.probability:.3f}{bars(list(bars_of))}"

    def line(self, colour: Callable[[str], str] | None = None) -> str:
        """The answer and its probability, separated by a tab.

        Args:
            colour: what is shown of the answer in place of itself.
        """
        text = printable(self.text) if colour is None else colour(self.text)
        return f"{text}\t{self.probability:.3f}"

    def lines_read(self) -> list[str]:
        """Each sentence that was read, after how much it was used in each reading."""
        rows = zip(self.attention.T.tolist(), self.sentences, strict=True)
        return [
            "  ".join(f"{weight:.2f}" for weight in weights)
            + f"  {printable(' '.join(sentence.split()))}"
            for weights, sentence in rows
        ]
