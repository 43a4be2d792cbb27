"""What `unusual` returns, whatever an item is made of: how unusual each of its steps is."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Sequence
from typing import Any

import numpy as np


class Unusual(list):
    """How unusual each step is, a list of numbers; those above 1 are unusual.

    Attributes:
        dates: of the steps, `datetime`. None: the item had none.
        where: how unusual each place of each step is, float32 `[steps, rows, columns]`. None: steps
            have no places.
    """

    def __init__(
        self,
        scores: Sequence[float],
        dates: Sequence[datetime.datetime] | None = None,
        where: np.ndarray | None = None,
    ):
        super().__init__(scores)
        self.dates = None if dates is None else list(dates)
        self.where = where

    @property
    def flags(self) -> list[bool]:
        """Whether each step is unusual."""
        return [score > 1 for score in self]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The unusual steps in a row: the first of each, and the one after the last.

        >>> Unusual([0.2, 3.0, 1.5, 0.1, 2.0]).spans
        [(1, 3), (4, 5)]
        """
        found: list[tuple[int, int]] = []
        for step, flag in enumerate(self.flags):
            if flag and found and found[-1][1] == step:
                found[-1] = (found[-1][0], step + 1)
            elif flag:
                found.append((step, step + 1))
        return found

    @property
    def peaks(self) -> list[tuple[float, float]]:
        """Of each step the middle of its most unusual place, from 0 to 1 downwards and rightwards.

        >>> Unusual([1.5, 0.2], where=np.array([[[0.5, 2.0]], [[0.25, 0.0]]])).peaks
        [(0.5, 0.75), (0.5, 0.25)]
        """
        if self.where is None:
            return []
        rows, columns = self.where.shape[1:]
        places = self.where.reshape(len(self.where), -1).argmax(axis=1)
        found = zip((places // columns).tolist(), (places % columns).tolist(), strict=True)
        return [((row + 0.5) / rows, (column + 0.5) / columns) for row, column in found]

    def to_json(self) -> dict[str, Any]:
        """Plain data: `scores`, `spans`, and `dates` where there are some.

        Where steps have places, `peaks` too: of each step the most unusual place, its middle from 0
        to 1 downwards and to the right.
        """
        found: dict[str, Any] = {"scores": list(self), "spans": [list(one) for one in self.spans]}
        if self.where is not None:
            found["peaks"] = [[round(part, 3) for part in place] for place in self.peaks]
        if self.dates is not None:
            found["dates"] = [date.isoformat(" ") for date in self.dates]
        return found

    def csv(self) -> str:
        """A line of CSV for each step, its score with four digits and whether it is unusual."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        has_dates = self.dates is not None
        writer.writerow([*["date"] * has_dates, "score", "unusual"])
        for step, (score, flag) in enumerate(zip(self, self.flags, strict=True)):
            date = [self.dates[step].isoformat(" ")] if self.dates is not None else []
            writer.writerow([*date, f"{score:.4g}", int(flag)])
        return text.getvalue()
