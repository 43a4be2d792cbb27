"""Labels beside points, none over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = 7  # of letters, in points
_STEP = 5  # a label moves by so many points from where it would be
_MOST_STEPS = 24


def label_points(figure: Figure, axes: Axes, places: np.ndarray, texts: Sequence[str]) -> None:
    """Writes a text beside each point: the nearest place where it is over no other and no point.

    A text that had to move away has a thin line to its point.

    Args:
        figure: whose axes they are.
        axes: with their last limits.
        places: float `[n, 2]`, in the numbers of the axes.
        texts: n of them.
    """
    from matplotlib.transforms import Bbox

    figure.draw_without_rendering()  # the layout is made then
    points = axes.transData.transform(places)
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in points]
    for text, place in zip(texts, places, strict=True):
        line = {"arrowstyle": "-", "color": "0.6", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}
        label = axes.annotate(text, place, (0, 0), textcoords="offset points", fontsize=SIZE)
        x = y = 0.0
        for x, y in _offsets():
            label.xyann = (x, y)
            label.set_horizontalalignment("left" if x > 0 else "right")
            box = label.get_window_extent()
            is_inside = axes.bbox.contains(*box.min) and axes.bbox.contains(*box.max)
            if is_inside and not any(box.overlaps(other) for other in taken):
                break
        if abs(y) > 2 * _STEP:
            axes.annotate("", place, (x, y + SIZE / 2), textcoords="offset points", arrowprops=line)
        taken.append(label.get_window_extent())


def _offsets() -> list[tuple[float, float]]:
    """In points: right and left of a point, then farther and farther above and below."""
    rows = [0, *(sign * n for n in range(1, _MOST_STEPS + 1) for sign in (1, -1))]
    return [(side * _STEP, row * _STEP - SIZE / 2) for row in rows for side in (1, -1)]
