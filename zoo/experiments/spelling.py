"""The words that a speller is trained on, damaged anew in every epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from zoo.data import EncodedPairs, encode_pairs
from zoo.data.damaged_words import KINDS, MIN_COUNT, SHORTEST_DAMAGED, SLIP, damage, split_of
from zoo.experiments.recipe import every_nth
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece
from zoo.tasks.sequence_to_sequence.evaluate_spelling import read_words


class SpellingLesson:
    """What a speller reads and what it is to write, of the words of film reviews.

    Those of the training split alone: the others are kept to choose by and to test with.

    Args:
        fraction: part of the words that is taken.

    Attributes:
        words: all words, of every split.
        counts: how often each of them is seen in the reviews.
        names: all names, of every split; they are trained to stay as they are.
        known: the words of the training split.

    Raises:
        MissingFileError, DamagedFileError, OfflineError: when the reviews cannot be had.
    """

    def __init__(self, fraction: float = 1.0):
        found = read_words()
        self.words = every_nth(list(found.words), fraction)
        self.counts = {word: found.words[word] for word in self.words}
        self.names = list(found.names)
        self.known = [word for word in self.words if split_of(word) == "train"]
        known = set(self.known)
        names = [name for name in self.names if split_of(name) == "train"]
        slips = [(slip, word) for slip, word in found.misspelt.items() if word in known]
        self._as_written = [*zip(names, names, strict=True), *slips]
        self._often = [word for word in self.known for _ in range(copies(found.words[word]))]

    def tokenizer(self) -> SentencePieceTokenizer:
        """A piece for each letter of the known words, and for where a word begins."""
        letters = len(set("".join(self.known)))
        return SentencePieceTokenizer(train_sentencepiece(self.known, 4 + 1 + letters, "char"))

    def pairs(self, seed: int, epoch: int, slips: int) -> Iterator[tuple[str, str]]:
        """What is read in an epoch, and what is to be written.

        First every word as it is, frequent ones several times (`copies`); then names and the slips
        of the reviews; then damaged words, each by `slips` slips and by one other kind of damage
        that is drawn.

        Args:
            seed, epoch: say all that is drawn.
            slips: how often a word is misspelt.
        """
        rng = np.random.default_rng([seed, epoch])
        yield from ((word, word) for word in self._often)
        yield from self._as_written
        for word in self._often:
            if len(word) >= SHORTEST_DAMAGED:
                for kind in [*slips * [SLIP], KINDS[rng.integers(len(KINDS))]]:
                    yield damage(word, kind, rng), word

    def encoded(
        self, tokenizer: SentencePieceTokenizer, *, seed: int, epoch: int, slips: int
    ) -> EncodedPairs:
        """`pairs` as ids."""
        import tensorflow as tf

        read, written = zip(*self.pairs(seed, epoch, slips), strict=True)
        columns = tf.data.Dataset.from_tensor_slices((list(read), list(written)))
        return encode_pairs(columns, tokenizer, tokenizer)


def copies(count: int) -> int:
    """How often a word is read in an epoch that stands so often in the texts.

    It grows with the root of the frequency, by one for each factor of four, so that what may be
    `hello` or `hella` is rather `hello`.

    >>> copies(5), copies(20), copies(5 * 4**6)
    (1, 2, 7)
    """
    return 1 + round(math.log2(count / MIN_COUNT) / 2)
