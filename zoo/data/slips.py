"""Slips: what people make of words when they misspell them. Knows no data set.

Nearly all misspellings are one edit away from the word (Damerau 1964; Pollock and Zamora 1984), and
the first letter is rarely wrong.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

import numpy as np

VOWELS = "aeiouy"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ALIKE = {"c": "sk", "s": "c", "k": "c", "t": "d", "d": "t", "g": "j", "j": "g", "m": "n", "n": "m"}
_OFTEN_ADDED = VOWELS + "chs"
# How often each kind is drawn, in proportion.
SHARES: Mapping[str, float] = {
    "neighbours swapped": 4,
    "one letter doubled": 3,
    "double letter undone": 3,
    "other letter doubled": 1,
    "vowel replaced": 4,
    "letter of like sound": 1,
    "one letter left out": 3,
    "one letter added": 2,
    "ending -ly or -ally": 1,
}
INVERSE = {
    "one letter doubled": "double letter undone",
    "double letter undone": "one letter doubled",
    "one letter left out": "one letter added",
    "one letter added": "one letter left out",
}
_TWICE = 0.15  # part of the slips that have a second one


def slips(word: str, added: str = _OFTEN_ADDED) -> Iterator[tuple[str, str]]:
    """Yields what may become of a word by one slip, and by which kind of it.

    Args:
        word: letters in lower case, three at least, else there is none.
        added: letters that a slip may add.

    Yields:
        `(kind, misspelt)`, the kind one of `SHARES`. The first letter stays, but that of three
        letters any two neighbours may be swapped.
    """
    if len(word) < 3:
        return
    for i in range(1, len(word)):
        before, letter, after = word[:i], word[i], word[i + 1 :]
        last = word[i - 1]
        if i + 1 < len(word) and after[0] != letter:
            yield "neighbours swapped", before + after[0] + letter + after[1:]
        if letter == last:
            once = before + after
            yield "double letter undone", once
            for j in range(1, len(once)):
                twice = once[: j + 1] + once[j:]
                if twice != word and once[j - 1] != once[j] and once[j] not in VOWELS:
                    yield "other letter doubled", twice
        elif after[:1] != letter:
            yield "one letter left out", before + after
            yield "one letter doubled", before + 2 * letter + after
        for other in VOWELS if letter in VOWELS else _ALIKE.get(letter, ""):
            if other != letter:
                kind = "vowel replaced" if letter in VOWELS else "letter of like sound"
                yield kind, before + other + after
        for other in added:
            if other not in (last, letter):
                yield "one letter added", before + other + letter + after
    if word.endswith("ally") and len(word) > 6:
        yield "ending -ly or -ally", word[:-4] + "ly"
    elif word.endswith("ly"):
        yield "ending -ly or -ally", word[:-2] + "ally"


def slip(word: str, rng: np.random.Generator) -> str:
    """Misspells a word as people do: one slip, sometimes two, of a kind drawn by `SHARES`.

    Args:
        word: letters in lower case, three at least.
        rng: draws kinds and places.

    Returns:
        The misspelt word. It may be another word.
    """
    for _ in range(1 + (rng.random() < _TWICE)):
        until, choices = _by_kind(word)
        if not choices:
            break
        of_kind = choices[np.searchsorted(until, rng.random() * until[-1], side="right")]
        word = of_kind[rng.integers(len(of_kind))]
    return word


@functools.lru_cache(4)  # a word is often misspelt several times in a row
def _by_kind(word: str) -> tuple[np.ndarray, list[list[str]]]:
    """The slips of a word by kind, and the sum of the shares up to each kind."""
    found: dict[str, list[str]] = {}
    for kind, misspelt in slips(word):
        found.setdefault(kind, []).append(misspelt)
    return np.cumsum([SHARES[kind] for kind in found]), list(found.values())
