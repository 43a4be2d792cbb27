"""How far transcriptions are from what was said: error rates by edit distance."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zoo.inputs.folding import folded


def spoken_form(text: str) -> str:
    """A written text as it is heard: in small letters, without punctuation but for apostrophes.

    >>> spoken_form("Lord, but I'm glad -- 'tis so!")
    "lord but i'm glad tis so"
    """
    kept = folded(text.replace("\u2019", "'"), also="'")
    return " ".join(re.sub(r"(?<!\w)'|'(?!\w)", " ", kept).split())


def word_error_rate(found: Sequence[str], references: Sequence[str]) -> float:
    """Words to be replaced, left out and put in, of all words of the references, in per cent.

    Args:
        found: a text for each reference.
        references: what was said; words are what stands between spaces.

    Returns:
        The rate over all texts together. It may be above 100.

    Raises:
        ValueError: if there are not as many texts, or no words in the references.

    >>> word_error_rate(["a c", "d e f"], ["a b", "d e"])
    50.0
    """
    return _rate([text.split() for text in found], [text.split() for text in references])


def character_error_rate(found: Sequence[str], references: Sequence[str]) -> float:
    """The same by characters, spaces among them; see `word_error_rate`.

    >>> character_error_rate(["abd"], ["abcd"])
    25.0
    """
    return _rate([[*text] for text in found], [[*text] for text in references])


def phone_error_rate(found: Sequence[Sequence[str]], references: Sequence[Sequence[str]]) -> float:
    """The same by phones, of which a sequence is given; see `word_error_rate`.

    >>> phone_error_rate([["_", "A"]], [["_", "EI", "_", "A"]])
    50.0
    """
    return _rate(found, references)


def edit_distances(
    found: Sequence[Sequence[str]], references: Sequence[Sequence[str]]
) -> list[int]:
    """The fewest replacements, deletions and insertions from each sequence to its reference.

    Levenshtein 1966, by TensorFlow's operation.

    Args:
        found: sequences of words or other units.
        references: as many.

    Raises:
        ValueError: if there are not as many.

    >>> edit_distances([["a", "c"], []], [["a", "b"], ["d"]])
    [1, 1]
    """
    import tensorflow as tf

    if len(found) != len(references):
        raise ValueError(f"{len(references)} references have as many texts, not {len(found)}.")
    if not found:
        return []
    sides = [
        tf.ragged.constant([list(row) for row in side], dtype=tf.string, ragged_rank=1).to_sparse()
        for side in (found, references)
    ]
    rows = tf.constant([len(found)], tf.int64)
    shape = tf.concat([rows, tf.maximum(sides[0].dense_shape, sides[1].dense_shape)[1:]], axis=0)
    sides = [tf.SparseTensor(side.indices, side.values, shape) for side in sides]
    distances = tf.edit_distance(*sides, normalize=False)
    return [int(distance) for distance in distances.numpy()]


def _rate(found: Sequence[Sequence[str]], references: Sequence[Sequence[str]]) -> float:
    count = sum(map(len, references))
    if not count:
        raise ValueError("An error rate needs references with something in them.")
    return 100 * sum(edit_distances(found, references)) / count
