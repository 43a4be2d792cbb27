"""What classifying returns: the label, and how probable each label is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

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
