"""How far alignments of tokens agree with others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Links = set[tuple[int, int]]


def alignment_error_rate(
    found: Sequence[Links], sure: Sequence[Links], possible: Sequence[Links]
) -> float:
    """The alignment error rate of Och and Ney 2003 (Computational Linguistics 29:1), equation 21.

    Args:
        found: for each pair of sentences its links, `(place in the target, place in the source)`.
        sure: those that must be found.
        possible: those that may be; sure ones count among them.

    Returns:
        `1 - (|found & sure| + |found & possible|) / (|found| + |sure|)` over all pairs, 0 where
        they agree; 0 too where there is no link at all.

    Example:
        >>> alignment_error_rate([{(0, 0), (1, 1)}], [{(0, 0)}], [{(0, 0), (1, 2)}])
        0.33333333333333337
    """
    hits = total = 0
    for links, must, may in zip(found, sure, possible, strict=True):
        hits += len(links & must) + len(links & (may | must))
        total += len(links) + len(must)
    return 1 - hits / total if total else 0.0


def links_of(places: Iterable[int]) -> Links:
    """Links from the place in the source of each target token; below 0 is none."""
    return {(target, int(source)) for target, source in enumerate(places) if source >= 0}
