"""Which of several words comes first when each of them is as near to what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zoo.metrics.wer import edit_distances

HOLE = "x"  # any letter may be meant, as in `hellx`; that of `zoo.data`, which no model knows
HOLES_WEIGHT = 1.0  # where nothing but holes is wrong: counts are all that is left to tell by


def common_first(
    given: Sequence[str], found: Sequence[Sequence[Any]], counts: Mapping[str, int], weight: float
) -> list[list[Any]]:
    """Lets counts of words decide among candidates that are equally near.

    Near are those with as many letters replaced, deleted or put in (Levenshtein 1966) as the first;
    an `x` counts for any letter in its place where a candidate has as many letters. They change
    places with each other, by `score + weight * log(count)`; others keep theirs. So a word that
    alone is near stays what it is, however rare, and `hellx` is `hello` rather than `hells`.

    Args:
        given: what was read.
        found: candidates of each, anything with a `text` and a `score`, the best first.
        counts: how often words are seen; a text that is not in it counts as seen once.
        weight: of candidates that differ from what was given by more than what its `x` stand for;
            for the others it is `HOLES_WEIGHT`.

    Returns:
        The candidates of each in their new order.
    """
    pairs = [(word, one.text) for word, many in zip(given, found, strict=True) for one in many]
    filled = [_with_holes(text, word) for word, text in pairs]
    distances = edit_distances(filled, [list(word) for word, _ in pairs])
    ranked, begin = [], 0
    for many in found:
        away = distances[begin : begin + len(many)]
        begin += len(many)
        near = [i for i, distance in enumerate(away) if distance == away[0]]
        mine = weight if not away or away[0] else HOLES_WEIGHT
        scores = [many[i].score + mine * np.log(counts.get(many[i].text, 1)) for i in near]
        order = list(range(len(many)))
        for place, best in zip(near, np.argsort(-np.array(scores), kind="stable"), strict=True):
            order[place] = near[best]
        ranked.append([many[i] for i in order])
    return ranked


def _with_holes(text: str, damaged: str) -> list[str]:
    """The letters of a text, an x where what was damaged has one in its place."""
    if len(text) != len(damaged):
        return list(text)
    return [HOLE if old == HOLE else new for new, old in zip(text, damaged, strict=True)]
