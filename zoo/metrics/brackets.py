"""Brackets of a text that belong together: whether a language model closes what it opened."""

from __future__ import annotations

from typing import NamedTuple

PAIRS = {")": "(", "]": "[", "}": "{"}
_OPENING = frozenset(PAIRS.values())


class Pair(NamedTuple):
    """Two brackets that belong together.

    Attributes:
        opened: place of the opening bracket, in characters.
        closed: place of the closing one.
    """

    opened: int
    closed: int


def matched(text: str) -> tuple[list[Pair], int]:
    """The pairs of brackets of a text, and how many of its brackets have no fellow.

    A closing bracket belongs to the last one of its kind that is open, if no other kind was opened
    since; else it has no fellow, and those that are open stay open. What stands in strings and
    comments counts as everything does.

    Returns:
        The pairs in the order in which they are closed, and the number of the other brackets.

        >>> matched("f(a[1]);")
        ([Pair(opened=3, closed=5), Pair(opened=1, closed=6)], 0)
    """
    pairs: list[Pair] = []
    opened: list[int] = []
    alone = 0
    for place, letter in enumerate(text):
        if letter in _OPENING:
            opened.append(place)
        elif letter in PAIRS:
            if opened and text[opened[-1]] == PAIRS[letter]:
                pairs.append(Pair(opened.pop(), place))
            else:
                alone += 1
    return pairs, alone + len(opened)
