"""How well labelled spans of time are found: F1 over segments (Lea et al. 2017)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence


def segments_of(labels: Sequence[str], background: str | None = None) -> list[tuple]:
    """Neighbouring frames with one label, joined: `(label, begin, end)`, without the background.

    >>> segments_of(["a", "a", "-", "b"], background="-")
    [('a', 0, 2), ('b', 3, 4)]
    """
    found, begin = [], 0
    for label, run in itertools.groupby(labels):
        end = begin + len(list(run))
        if label != background:
            found.append((label, begin, end))
        begin = end
    return found


def matched_segments(
    found: Sequence[tuple], wanted: Sequence[tuple], overlap: float = 0.5
) -> tuple[int, int, int]:
    """Counts segments that are found rightly, wrongly, and not (Lea et al. 2017, section 4.1).

    One is right where it overlaps a wanted one of its label, which no segment before it has taken,
    by at least so much of both together (intersection over union); of several the most.

    Args:
        found, wanted: `(label, begin, end)` of one recording, as `segments_of` gives them.
        overlap: between 0 and 1.

    Returns:
        True positives, false positives and false negatives.

    >>> matched_segments([("a", 0, 4), ("a", 5, 6)], [("a", 0, 5), ("b", 5, 6)])
    (1, 1, 1)
    """
    taken, right = set(), 0
    for label, begin, end in found:
        best, place = 0.0, None
        for number, (other, start, stop) in enumerate(wanted):
            common = min(end, stop) - max(begin, start)
            share = common / (max(end, stop) - min(begin, start))
            if other == label and share > best:
                best, place = share, number
        if place is not None and best >= overlap and place not in taken:
            taken.add(place)
            right += 1
    return right, len(found) - right, len(wanted) - right


def segment_f1(
    found: Sequence[Sequence[tuple]], wanted: Sequence[Sequence[tuple]], overlap: float = 0.5
) -> float:
    """F1 over the segments of several recordings, in per cent; 100 where there are none.

    >>> segment_f1([[("a", 0, 4)]], [[("a", 0, 5), ("b", 5, 6)]])
    66.66666666666667
    """
    counts = [matched_segments(*pair, overlap) for pair in zip(found, wanted, strict=True)]
    right, wrong, missed = (sum(column) for column in zip(*counts, strict=True))
    everything = 2 * right + wrong + missed
    return 100 * 2 * right / everything if everything else 100.0
