"""What classifying returns: the label, and how probable each label is."""

from __future__ import annotations

from typing import NamedTuple


class Classification(NamedTuple):
    """The answer of a classifier for one text.

    Attributes:
        label: the most probable label.
        probabilities: of every label; they sum to 1.
    """

    label: str
    probabilities: dict[str, float]
