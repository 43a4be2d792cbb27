"""What classifying a clip returns: the label, and how probable each is after every frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from zoo.errors import printable
from zoo.tasks.html import bars, escaped


class ClipClassification(NamedTuple):
    """The answer of a classifier for one clip.

    Attributes:
        label: the most probable label.
        probabilities: of every label; they sum to 1.
        over_time: float32 `[frames, labels]`, the same after each frame, in the order of
            `probabilities`; the last ones are these.
    """

    label: str
    probabilities: dict[str, float]
    over_time: np.ndarray

    @classmethod
    def of(
        cls, labels: Sequence[str], probabilities: np.ndarray, over_time: np.ndarray
    ) -> ClipClassification:
        """The answer of probabilities `[labels]` in the end, and `[frames, labels]` over time."""
        found = dict(zip(labels, map(float, probabilities), strict=True))
        return cls(max(found, key=found.__getitem__), found, over_time)

    def to_json(self) -> dict[str, Any]:
        """Plain data: the label, and the probability of every label in the end and over time."""
        return {
            "label": self.label,
            "probabilities": self.probabilities,
            "over_time": np.round(self.over_time.astype(float), 4).tolist(),
        }

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
