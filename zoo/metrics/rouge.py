"""How much of a summary stands in another: ROUGE by the library rouge-score, and words copied.

This module knows strings only, no model and no data set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from zoo.errors import ConfigError

KINDS = ("rouge1", "rouge2", "rougeL")
SIGNATURE = "F1|stemmer:porter"
_WORD = re.compile(r"\w+")


def rouge(found: Sequence[str], references: Sequence[Sequence[str]]) -> dict[str, float]:
    """ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004), as papers report them: F1, words stemmed.

    Args:
        found: summaries.
        references: for each what others wrote, one or more; the one that fits best counts.

    Returns:
        Means over all summaries, in per cent, of `KINDS`.

    Raises:
        ConfigError: if there are none, or rouge-score is not installed.
        ValueError: if there are not as many references.
    """
    scorer = _scorer()
    if not found:
        raise ConfigError("There are no summaries to be scored.")
    totals = dict.fromkeys(KINDS, 0.0)
    for summary, others in zip(found, references, strict=True):
        for kind, score in scorer.score_multi(list(others), summary).items():
            totals[kind] += score.fmeasure
    return {kind: 100 * total / len(found) for kind, total in totals.items()}


def _scorer():
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError as error:
        raise ConfigError(
            "ROUGE is counted by the package rouge-score: install it with "
            "pip install 'sequence-zoo[train]'."
        ) from error
    return RougeScorer(list(KINDS), use_stemmer=True)


def names_in(summary: str) -> list[str]:
    """Words of a summary that are names, as far as that is seen: capitals not at its beginning.

    >>> names_in("Meeting with Mark Frevert on 8/28 in EB3267")
    ['Mark', 'Frevert', 'EB3267']
    """
    return [word for word in _WORD.findall(summary)[1:] if word[0].isupper()]


def shares_copied(found: Sequence[str], texts: Sequence[str]) -> dict[str, tuple[float, int]]:
    """How many words of summaries stand in their texts, and how many of the names do.

    Args:
        found: summaries.
        texts: what each sums up.

    Returns:
        "words", in capitals or not, and "names", as they are written: a share in per cent, and how
        many there are in all summaries. The share of none is 0.
    """
    counts = {"words": [0, 0], "names": [0, 0]}
    for summary, text in zip(found, texts, strict=True):
        words = _WORD.findall(text)
        known, small = set(words), {word.lower() for word in words}
        for kind, said, there in (
            ("words", [word.lower() for word in _WORD.findall(summary)], small),
            ("names", names_in(summary), known),
        ):
            counts[kind][0] += sum(word in there for word in said)
            counts[kind][1] += len(said)
    return {kind: (100 * one / max(of, 1), of) for kind, (one, of) in counts.items()}
