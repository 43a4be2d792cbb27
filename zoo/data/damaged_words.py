"""Words with letters lost or replaced by `x`, and the words they may have been.

The words are those of a text. Which of them are kept from training is decided by a hash of the
word, so that it does not depend on what else is in the list.
"""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from zoo.data.misspelt import TOKEN, misspelt
from zoo.data.slips import LETTERS, slip, slips
from zoo.errors import ConfigError

HOLE = "x"
KINDS = ("one letter replaced", "ending replaced", "one letter lost")
SLIP = "slip"  # a misspelling such as people make, see `zoo.data.slips`
SHORTEST, LONGEST = 2, 16  # letters of the words in a list
SHORTEST_DAMAGED = 3  # letters of a word of which something is left when one is lost
_IN_LOWER_CASE = 0.1  # how often at least, of all times that a word is seen: a name is not
MIN_COUNT = 5  # of a word that is in a list
_SPLITS = 20  # one word in twenty is kept to choose by, one to test with


@dataclasses.dataclass(frozen=True)
class DamagedWord:
    """A word and what is left of it.

    Attributes:
        damaged: what is left, in lower case.
        word: the word, in lower case.
        kind: one of `KINDS`.
    """

    damaged: str
    word: str
    kind: str


@dataclasses.dataclass(frozen=True)
class WordList:
    """What English texts say that words are.

    All in lower case and sorted, of 2 to 16 letters, with how often each is seen in any case.

    Attributes:
        words: correct words.
        names: those that are nearly always capitalised.
        misspelt: slips that stand in the texts often enough to look like words, and what each was
            meant for.
    """

    words: dict[str, int]
    names: dict[str, int]
    misspelt: dict[str, str]


def word_list(texts: Sequence[str], min_count: int = MIN_COUNT) -> WordList:
    """The words of English texts, told from their names and from their misspellings.

    Args:
        texts: strings; of fewer than some millions of words, misspellings are hardly found.
        min_count: words and names seen less often are left out.

    Returns:
        The list; see `word_counts` and `zoo.data.misspelt`.
    """
    counts = _token_counts(texts)
    words, names = _told_by_case(counts, min_count)
    slips = misspelt(words, texts)
    return WordList({w: n for w, n in words.items() if w not in slips}, names, slips)


def word_counts(texts: Iterable[str], min_count: int = MIN_COUNT) -> dict[str, int]:
    """The common words of English texts, misspelt ones among them, and how often each is seen.

    Args:
        texts: strings.
        min_count: words seen less often in lower case are left out, as misspelt or names.

    Returns:
        Words of 2 to 16 letters, sorted, in lower case, with how often they are seen in any case.
        One time in ten at least it is in lower case: names are not.
    """
    return _told_by_case(_token_counts(texts), min_count)[0]


def _token_counts(texts: Iterable[str]) -> collections.Counter[str]:
    counts: collections.Counter[str] = collections.Counter()
    for text in texts:
        counts.update(TOKEN.findall(text))
    return counts


def _told_by_case(counts: Mapping[str, int], least: int) -> tuple[dict[str, int], dict[str, int]]:
    """Words and names, of what is seen `least` times or more."""
    total: collections.Counter[str] = collections.Counter()
    for token, count in counts.items():
        total[token.lower()] += count
    words, names = {}, {}
    for word in sorted(total):
        if not (SHORTEST <= len(word) <= LONGEST and word.isalpha()):
            continue
        in_lower_case = counts.get(word, 0)
        if in_lower_case >= max(least, _IN_LOWER_CASE * total[word]):
            words[word] = total[word]
        elif total[word] >= least and in_lower_case < _IN_LOWER_CASE * total[word]:
            names[word] = total[word]
    return words, names


def split_of(word: str) -> str:
    """To which split a word belongs: "train", "validation" or "test"."""
    digest = hashlib.sha256(word.encode()).digest()
    return {0: "validation", 1: "test"}.get(digest[0] % _SPLITS, "train")


def damage(word: str, kind: str, rng: np.random.Generator) -> str:
    """Damages a word.

    Args:
        word: the word, of at least `SHORTEST_DAMAGED` letters.
        kind: one of `KINDS`, or `SLIP`. An ending is of one to three letters, and at most half the
            word.
        rng: draws the places.

    Returns:
        The damaged word.

    Raises:
        ConfigError: for another kind.
    """
    if kind == "one letter replaced":
        place = int(rng.integers(len(word)))
        return word[:place] + HOLE + word[place + 1 :]
    if kind == "ending replaced":
        count = int(rng.integers(1, min(3, len(word) // 2) + 1))
        return word[: len(word) - count] + HOLE * count
    if kind == "one letter lost":
        place = int(rng.integers(len(word)))
        return word[:place] + word[place + 1 :]
    if kind == SLIP:
        return slip(word, rng)
    raise ConfigError(f"A kind of damage is one of {', '.join(KINDS)}, not {kind!r}.")


class Candidates:
    """Which words of a list a damaged word may have been.

    Args:
        words: the list.
    """

    def __init__(self, words: Sequence[str]):
        self._words = frozenset(words)
        self._by_length: dict[int, list[str]] = collections.defaultdict(list)
        for word in words:
            self._by_length[len(word)].append(word)

    def of(self, damaged: str, kind: str) -> list[str]:
        """Returns the words that damage of a kind may have made it of, an `x` being any letter.

        Of a slip they are the words that one slip leads to, whatever letter it adds.
        """
        if kind == SLIP:
            return sorted({word for _, word in slips(damaged, LETTERS)} & self._words)
        if kind == "one letter lost":
            found = self._by_length[len(damaged) + 1]
            return [word for word in found if _has_lost_one(word, damaged)]
        pattern = re.compile(damaged.replace(HOLE, "."))
        return [word for word in self._by_length[len(damaged)] if pattern.fullmatch(word)]


def _has_lost_one(word: str, rest: str) -> bool:
    same = next((i for i, letter in enumerate(rest) if word[i] != letter), len(rest))
    return word[same + 1 :] == rest[same:]


def damaged_words(
    words: Sequence[str], split: str, seed: int = 0, kinds: Sequence[str] = KINDS
) -> list[DamagedWord]:
    """Damages every word of a split in every way, where its repair is unambiguous.

    Args:
        words: the whole list, of all splits: a repair is unambiguous if no other word of it fits,
            and what is left is none of them itself.
        split: "train", "validation" or "test".
        seed: of the places.
        kinds: the ways.

    Returns:
        For each word at most one example of each kind; the same words give the same ones.
    """
    candidates, known = Candidates(words), set(words)
    found = []
    for word in words:
        if split_of(word) != split or len(word) < SHORTEST_DAMAGED:
            continue
        for number, kind in enumerate(kinds):
            rng = np.random.default_rng([seed, number, *word.encode()])
            damaged = damage(word, kind, rng)
            if damaged not in known and candidates.of(damaged, kind) == [word]:
                found.append(DamagedWord(damaged, word, kind))
    return found
