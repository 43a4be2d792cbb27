"""Which words of a list made from a text are misspelt, by the text alone.

A word that people often misspell is seen misspelt in any large text. Such a slip is far rarer than
the word it was meant for, and stands between the same words, which a rare word does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from zoo.data.slips import INVERSE, LETTERS, slips

TOKEN = re.compile(r"(?<!\w)[A-Za-z]+(?:['’][A-Za-z]+)?(?!\w)")
# As often at least is the word that was meant seen; doubt about double letters is most common.
_TIMES, _TIMES_OF_DOUBLES = 20, 8
_SMOOTHING = 5.0  # neighbours that every word is thought to have had besides, drawn from the text
_MOST = 1000  # places of a word at which its own neighbours are looked at
_KNOWN_BASE = 20  # places of a word of which another may be a form

_SUFFIXES: tuple[str, ...] = (
    "s",
    "es",
    "ed",
    "d",
    "ing",
    "er",
    "r",
    "ers",
    "rs",
    "ly",
    "y",
    "ness",
    "less",
)
_SUFFIXES += ("able", "ish", "est", "ful", "like", "man", "men", "ment", "al", "or", "n", "en")
_SUFFIXES += ("ist", "ism", "ity", "ies", "ied", "ier", "iest", "ily")
_AFTER_MUTE_E = ("ed", "ing", "er", "able", "est", "ist", "ism", "ity", "or", "ers", "y", "ish")
_PREFIXES: tuple[str, ...] = (
    "un",
    "re",
    "in",
    "dis",
    "non",
    "over",
    "out",
    "under",
    "mis",
    "pre",
    "de",
    "up",
)
_PREFIXES += ("sub", "anti", "super", "inter", "fore")
_BRITISH_L = re.compile(r"l+(?=(?:ed|ing|ers?|ors?|ments?|ful)$)")
_BRITISH_OUR = re.compile(r"our(?!ous|ation|i[sz]e)")


class Neighbours:
    """Where words of a text stand.

    Args:
        texts: strings.
    """

    def __init__(self, texts: Iterable[str]):
        self._ids: dict[str, int] = {"": 0}  # an id for the places between two texts
        parts = [np.zeros(1, np.int32)]
        for text in texts:
            tokens = TOKEN.findall(text.lower())
            ids = (self._ids.setdefault(token, len(self._ids)) for token in tokens)
            parts += [np.fromiter(ids, np.int32, len(tokens)), np.zeros(1, np.int32)]
        self._text = np.concatenate(parts)
        counts = np.bincount(self._text, minlength=len(self._ids))
        self._share = counts / len(self._text)
        self._order = np.argsort(self._text, kind="stable")
        self._ends = np.cumsum(counts)

    def likeness(self, word: str, other: str) -> float:
        """How much the neighbours of a word are those of another, against how much its own are.

        Args:
            word: in lower case; it stands in the text, as does `other`.
            other: the word it is compared with.

        Returns:
            The mean pointwise mutual information of the neighbours of `word` with `other`, in nats,
            less that of the neighbours of `other`, each left out where it is counted itself. About
            0: they stand between the same words. Below: less so.
        """
        rng = np.random.default_rng(0)
        return sum(self._likeness(word, other, side, rng) for side in (-1, 1))

    def _likeness(self, word, other, side, rng):
        mine, theirs = (self._text[self._places(w) + side] for w in (word, other))
        seen, counts = np.unique(theirs, return_counts=True)
        some = theirs if len(theirs) <= _MOST else rng.choice(theirs, _MOST, replace=False)

        def information(neighbours, left_out):
            neighbours = neighbours[neighbours > 0]
            if not len(neighbours):
                return 0.0
            place = np.minimum(np.searchsorted(seen, neighbours), len(seen) - 1)
            count = np.where(seen[place] == neighbours, counts[place] - left_out, 0)
            share = self._share[neighbours]
            smooth = (count + _SMOOTHING * share) / (len(theirs) - left_out + _SMOOTHING)
            return float(np.mean(np.log(smooth / share)))

        return information(mine, 0) - information(some, 1)

    def _places(self, word):
        number = self._ids[word]
        return self._order[self._ends[number - 1] : self._ends[number]]


def misspelt(counts: Mapping[str, int], texts: Iterable[str]) -> dict[str, str]:
    """Finds the misspelt words of a list.

    Args:
        counts: words in lower case and how often each is seen, as `word_counts` gives them.
        texts: the strings that they were counted in.

    Returns:
        Words of the list that are slips of others, each with the one that was meant, sorted. A word
        that is a form of a third (`jokers`), and one that is spelt otherwise in Britain (`colour`),
        is none.
    """
    neighbours = Neighbours(texts)
    found: dict[str, str] = {}
    for word in sorted(counts, key=lambda word: (len(word), word)):
        if len(word) < 4:
            continue
        meant = [
            (counts[other], other, INVERSE.get(kind, kind))
            for kind, other in slips(word, LETTERS)
            if counts.get(other, 0) >= counts[word] * _times(kind)
            and other not in found
            and (other[-1] == word[-1] or kind == "neighbours swapped")  # else a form of it
        ]
        if not meant:
            continue
        _, other, kind = max(meant)
        if _is_british(word, other) or _has_base(word, other, counts, found):
            continue
        if neighbours.likeness(word, other) >= _least_likeness(word, kind):
            found[word] = other
    return dict(sorted(found.items()))


def _times(kind: str) -> int:
    return _TIMES_OF_DOUBLES if "double" in kind else _TIMES


def _least_likeness(word: str, kind: str) -> float:
    """Short words are near others by chance, and long ones with a letter more than another."""
    if len(word) < 6:
        return -1.3
    if kind == "neighbours swapped":
        return -4.0
    if len(word) == 6:
        return -2.0
    return -2.2 if kind == "one letter added" else -3.5


def _is_british(word: str, other: str) -> bool:
    """Whether two words differ as British and American English do."""
    return any(
        pattern.sub(one, word) == pattern.sub(one, other)
        for pattern, one in ((_BRITISH_L, "l"), (_BRITISH_OUR, "or"), (re.compile("[ao]e"), "e"))
    )


def _has_base(word, other, counts, found) -> bool:
    """Whether a word is a form of a third, that is no form of the word that may be meant."""
    if word.endswith("ly") and other in (word[:-3] + "ly", word[:-2] + "ally"):
        return False  # truely, accidently
    theirs = set(_bases(other))
    return any(
        counts.get(base, 0) >= max(_KNOWN_BASE, counts[word])
        and base != other
        and base not in theirs
        and base not in found
        for base in _bases(word)
    )


def _bases(word: str) -> Iterator[str]:
    """What a word may be made from by a suffix or a prefix."""
    for suffix in _SUFFIXES:
        base = word[: -len(suffix)]
        if not word.endswith(suffix) or len(base) < 3:
            continue
        if suffix in ("ies", "ied", "ier", "iest", "ily"):
            yield base + "y"
            continue
        yield base
        if suffix in _AFTER_MUTE_E:
            yield base + "e"
        if len(base) > 3 and base[-1] == base[-2]:
            yield base[:-1]
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 5:
            yield word[len(prefix) :]
