"""A `WordTokenizer` of the words and characters of a training text."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Sequence

from zoo.errors import ConfigError
from zoo.inputs.words import WordTokenizer, normal_form


def train_words(
    sentences: Iterable[Sequence[str]],
    min_count: int = 2,
    max_words: int | None = None,
    word_length: int = 20,
) -> WordTokenizer:
    """Makes a tokenizer of the words and characters of a training text.

    Args:
        sentences: lists of tokens.
        min_count: words and characters seen less often are unknown, so that a model sees in
            training what unknown ones look like.
        max_words: the most frequent words that are kept; None keeps all.
        word_length: as for `WordTokenizer`.

    Returns:
        The tokenizer; the most frequent words have the lowest ids, and the same text gives the
        same ids.

    Raises:
        ConfigError: when there is no word often enough.
    """
    import tensorflow as tf

    written = collections.Counter(token for sentence in sentences for token in sentence)
    words: collections.Counter[str] = collections.Counter()
    characters: collections.Counter[str] = collections.Counter()
    if written:
        with tf.device("cpu"):
            normal = normal_form(tf.constant([token.encode() for token in written])).numpy()
        for token, form in zip(written, normal, strict=True):
            words[form.decode()] += written[token]
            for character in token:
                characters[character] += written[token]
    known = _most_frequent(words, min_count)[:max_words]
    if not known:
        raise ConfigError(f"There is no word that is seen {min_count} times: give more text.")
    return WordTokenizer(known, _most_frequent(characters, min_count), word_length)


def _most_frequent(counts: collections.Counter[str], min_count: int) -> list[str]:
    often = [(-count, item) for item, count in counts.items() if count >= min_count]
    return [item for _, item in sorted(often)]
