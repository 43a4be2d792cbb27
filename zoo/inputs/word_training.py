"""A `WordTokenizer` of the words and characters of a training text, and of a treebank's tokens."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Sequence

from zoo.errors import ConfigError
from zoo.inputs.treebank_words import LONGEST, TreebankWords
from zoo.inputs.words import WordTokenizer, normal_form

# Pronouns behind a French verb, a closed class: treebanks of news have no `-tu`.
_FRENCH = "je tu il elle on nous vous ils elles ce moi toi lui leur le la les en y".split()
ENCLITICS = {"fr": tuple(f"-{t}{word}" for word in _FRENCH for t in ("", "t-"))}


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


def learn_treebank_words(
    sentences: Iterable[tuple[Sequence[str], Sequence[tuple[str, int, int]]]],
    min_count: int = 2,
    languages: Iterable[str] = (),
) -> TreebankWords:
    """Learns from a treebank which tokens are kept whole, and which are contracted.

    Args:
        sentences: of each its syntactic words, and its contracted tokens: as it is written, the
            place of its first word, and that after its last.
        min_count: tokens seen less often are left to signs and spaces.
        languages: codes of the treebank's languages, whose `ENCLITICS` are kept whole too.

    Returns:
        Tokens that signs would cut and the treebank more often does not; and those that they
        would not cut, and the treebank more often does, in lower case, capitalised and in capitals.
    """
    single: collections.Counter[str] = collections.Counter()
    parts: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    lowered = []
    for words, contracted in sentences:
        words = [word.lower() for word in words]
        inside = {place for _, first, end in contracted for place in range(first, end)}
        single.update(word for place, word in enumerate(words) if place not in inside)
        for token, first, end in contracted:
            parts[token.lower()][tuple(words[first:end])] += 1
        lowered.append(words)

    def pieces_of(tokens):
        split = WordTokenizer().split(tokens)
        return {
            token: tuple(piece for piece, _, _ in row)
            for token, row in zip(tokens, split, strict=True)
        }

    often = [token for token, count in single.items() if count >= min_count]
    cut = {
        token: pieces
        for token, pieces in pieces_of(often).items()
        if 2 <= len(pieces) <= LONGEST and "".join(pieces) == token
    }
    apart = collections.Counter(
        run
        for words in lowered
        for size in range(2, LONGEST + 1)
        for run in zip(*(words[i:] for i in range(size)), strict=False)
    )
    whole = {token for token, pieces in cut.items() if single[token] > apart[pieces]}
    whole.update(token for language in languages for token in ENCLITICS.get(language, ()))
    split: dict[str, tuple[str, ...]] = {}
    uncut = {token for token, pieces in pieces_of(sorted(parts)).items() if pieces == (token,)}
    for token in sorted(uncut):
        words, count = parts[token].most_common(1)[0]
        if count >= min_count and sum(parts[token].values()) > single[token]:
            split[token] = words
            split[token.capitalize()] = (words[0].capitalize(), *words[1:])
            split[token.upper()] = tuple(word.upper() for word in words)
    return TreebankWords(tuple(sorted(whole)), split)


def _most_frequent(counts: collections.Counter[str], min_count: int) -> list[str]:
    often = [(-count, item) for item, count in counts.items() if count >= min_count]
    return [item for _, item in sorted(often)]
