"""What a tracker of boxes says: a box for every frame, and how sure that is."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Any

from zoo.inputs.boxes import COLUMNS

_DEVIATIONS = ("x_deviation", "y_deviation", "width_deviation", "height_deviation")


class TrackedBoxes(list):
    """A list of boxes, one a frame: left, top, width and height.

    Attributes:
        deviations: of each frame four: of its middle, across and down, of width and of height.
        dates: of the frames, as the track had them. None: it had none.
    """

    def __init__(
        self,
        boxes: Sequence[Sequence[float]],
        deviations: Sequence[Sequence[float]],
        dates: Any = None,
    ):
        super().__init__(boxes)
        self.deviations = list(deviations)
        self.dates = None if dates is None else list(dates)

    def to_json(self) -> dict[str, Any]:
        """Plain data: `boxes` and `deviations`, None where nothing is known, and `dates`."""
        found: dict[str, Any] = {"boxes": _plain(self), "deviations": _plain(self.deviations)}
        if self.dates is not None:
            found["dates"] = [date.isoformat(" ") for date in self.dates]
        return found

    def to_frame(self) -> Any:
        """A DataFrame of pandas: a row a frame, boxes and deviations side by side."""
        import pandas

        rows = [[*box, *beside] for box, beside in zip(self, self.deviations, strict=True)]
        columns = [*COLUMNS, *_DEVIATIONS]
        return pandas.DataFrame(rows, index=self.dates, columns=columns, dtype="float64")

    def csv(self) -> str:
        """A line of CSV for each frame, with six digits; cells are empty where nothing is known."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*["date"] * (self.dates is not None), *COLUMNS, *_DEVIATIONS])
        for step, (box, beside) in enumerate(zip(self, self.deviations, strict=True)):
            date = [] if self.dates is None else [self.dates[step].isoformat(" ")]
            cells = ["" if math.isnan(value) else f"{value:.6g}" for value in (*box, *beside)]
            writer.writerow([*date, *cells])
        return text.getvalue()


def _plain(rows: Sequence[Sequence[float]]) -> list:
    return [None if math.isnan(row[0]) else list(row) for row in rows]
