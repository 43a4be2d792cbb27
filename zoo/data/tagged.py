"""From sentences and their tags to batches of ids: look up, bucket by length, batch by tokens.

The order of an epoch is a function of (seed, epoch) alone, as in `zoo.data.pairs`, whose
buckets these are. This module knows no model and no data set.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.data import loading
from zoo.data.batching import bucket_shapes, epoch_batches, epoch_order, pad_rows, starts_of
from zoo.errors import ConfigError, UnknownNameError

if TYPE_CHECKING:
    import tensorflow as tf

    from zoo.inputs.words import WordTokenizer

# Close together where most sentences are, so that little is padding.
BOUNDARIES = (4, 7, 10, 13, 16, 20, 24, 28, 33, 40, 50, 64, 96, 160, 256)


@dataclasses.dataclass(frozen=True)
class TaggedSentence:
    """A sentence of a treebank.

    Attributes:
        text: the sentence as it was written.
        tokens: its syntactic words.
        tags: the part of speech of each.
        contracted: its multiword tokens, such as `du` for `de` and `le`: as each is written, the
            place of its first word, and the place after its last.
    """

    text: str
    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    contracted: tuple[tuple[str, int, int], ...] = ()


def read_tagged(name: str, split: str) -> list[TaggedSentence]:
    """Returns the sentences of a split, in the order of its file.

    Args:
        name: a treebank, such as "ud/ewt".
        split: "train", "validation" or "test".

    Returns:
        The sentences.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_examples` does.
    """
    return [
        TaggedSentence(
            example["text"].decode(),
            tuple(token.decode() for token in example["tokens"]),
            tuple(tag.decode() for tag in example["upos"]),
            _contracted(example.get("contracted")),
        )
        for example in loading.load_examples(name, split).as_numpy_iterator()
    ]


def treebank_language(name: str) -> str:
    """The code of the language of a treebank, such as "en" of "ud/ewt".

    Raises:
        UnknownNameError: if there is no such treebank.
    """
    treebanks = dict(loading.datasets_that_yield("tagged", "text"))
    if name not in treebanks:
        raise UnknownNameError(
            f"There is no treebank {name!r}: take one of {', '.join(sorted(treebanks))}."
        )
    return treebanks[name].language


def _contracted(found) -> tuple[tuple[str, int, int], ...]:
    """The multiword tokens of an example; a data set may have none."""
    if found is None:
        return ()
    texts = (text.decode() for text in found["text"])
    return tuple(zip(texts, map(int, found["first"]), map(int, found["end"]), strict=True))


@dataclasses.dataclass(frozen=True)
class EncodedSentences:
    """Ids of all words and tags, in memory: looked up once, then batched anew every epoch.

    Attributes:
        words: int32 ids of all sentences one after the other.
        characters: int32 `[words, word_length]`.
        labels: int32, the number of each word's tag.
        starts: int64, `[sentences + 1]`; sentence `i` is `words[starts[i]:starts[i + 1]]`.
    """

    words: np.ndarray
    characters: np.ndarray
    labels: np.ndarray
    starts: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Words of each sentence, `[sentences]`."""
        return np.diff(self.starts)


@dataclasses.dataclass(frozen=True)
class TaggingPlan:
    """What an epoch will look like, known before it begins.

    Attributes:
        steps: number of batches an epoch.
        sentences: sentences that are in the batches.
        left_out: sentences longer than the last bucket, which are in no batch.
        tokens: words an epoch.
        padding: fraction of the positions that are padding.
    """

    steps: int
    sentences: int
    left_out: int
    tokens: int
    padding: float

    @property
    def examples(self) -> int:
        """The sentences."""
        return self.sentences


def encode_sentences(
    sentences: Sequence[Sequence[str]],
    tags: Sequence[Sequence[str]],
    tokenizer: WordTokenizer,
    labels: Sequence[str],
) -> EncodedSentences:
    """Looks up all words, characters and tags once.

    Args:
        sentences: lists of tokens.
        tags: for each sentence the tags of its tokens.
        tokenizer: what knows the words.
        labels: the tags in the order of their numbers.

    Returns:
        The ids, to be given to `tagging_batches` for each epoch.

    Raises:
        ConfigError: when there is no sentence, a tag is none of the labels, or a sentence has not
            as many tags as tokens.
    """
    if not any(sentences):
        raise ConfigError("There are no words to batch: the sentences given are empty.")
    number = {label: i for i, label in enumerate(labels)}
    try:
        flat = [number[tag] for row in tags for tag in row]
    except KeyError as error:
        raise ConfigError(f"The tag {error} is none of the labels {', '.join(labels)}.") from None
    lengths = [len(sentence) for sentence in sentences]
    if lengths != [len(row) for row in tags]:
        raise ConfigError("Every sentence needs as many tags as it has tokens.")
    words, characters = zip(*tokenizer.encode(sentences), strict=True)
    starts = starts_of(lengths)
    return EncodedSentences(
        np.concatenate(words), np.concatenate(characters), np.array(flat, np.int32), starts
    )


def plan_tagging(
    sentences: EncodedSentences,
    *,
    batch_tokens: int = 1024,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
) -> TaggingPlan:
    """Counts the batches, words and padding an epoch of `tagging_batches` has.

    Args:
        sentences: the encoded sentences.
        batch_tokens: as for `tagging_batches`.
        boundaries: as for `tagging_batches`.
        rows_multiple: as for `tagging_batches`.

    Returns:
        The plan; it is the same for every epoch.
    """
    batches = epoch_order(sentences, bucket_shapes(batch_tokens, boundaries, rows_multiple), None)
    chosen = np.concatenate([rows[rows >= 0] for _, rows in batches] or [np.zeros(0, int)])
    positions = sum(length * len(rows) for length, rows in batches)
    tokens = int(sentences.lengths[chosen].sum())
    return TaggingPlan(
        steps=len(batches),
        sentences=len(chosen),
        left_out=len(sentences) - len(chosen),
        tokens=tokens,
        padding=1 - tokens / positions if positions else 0.0,
    )


def tagging_batches(
    sentences: EncodedSentences,
    *,
    batch_tokens: int = 1024,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch.

    The last, short batch of a bucket is filled up with rows of padding that weigh nothing.
    Sentences longer than the last bucket are left out; `plan_tagging` counts them.

    Args:
        sentences: what `encode_sentences` made.
        batch_tokens: positions of a batch: a bucket of length L has `batch_tokens // L` rows.
        boundaries: lengths of the buckets, rising.
        rows_multiple: rows are a multiple of this, such as the devices that share a batch.
        shuffle: whether to shuffle sentences within, and batches between the buckets.
        seed: of the order.
        epoch: number of the epoch; each has its own order.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"words", "characters"}, labels, weights)`: `words` and `labels` int32
        `[rows, length]`, `characters` int32 `[rows, length, word_length]`, `weights` float32
        `[rows, length]`, 1 on words and 0 on padding. Padding is id 0, at the right.

    Raises:
        ConfigError: when a number makes no sense.

    Example:
        >>> for inputs, labels, weights in tagging_batches(encoded, epoch=3):  # doctest: +SKIP
        ...     ...
    """
    import tensorflow as tf

    shapes = bucket_shapes(batch_tokens, boundaries, rows_multiple)
    ids = tf.TensorSpec([None, None], tf.int32)
    characters = tf.TensorSpec([None, None, sentences.characters.shape[1]], tf.int32)
    weights = tf.TensorSpec([None, None], tf.float32)
    signature = ({"words": ids, "characters": characters}, ids, weights)
    seeds = [seed, epoch] if shuffle else None
    return epoch_batches(sentences, shapes, _pad_batch, signature, seeds, start)


def _pad_batch(sentences: EncodedSentences, rows: np.ndarray, length: int):
    """Lays the sentences of one batch out as `[rows, length]` arrays."""
    words = pad_rows(sentences.words, sentences.starts, rows, length)
    labels = pad_rows(sentences.labels, sentences.starts, rows, length)
    places = pad_rows(np.arange(len(sentences.words)), sentences.starts, rows, length)
    real = words != 0
    characters = np.where(real[..., None], sentences.characters[places], 0)
    inputs = {"words": words, "characters": characters.astype(np.int32)}
    return inputs, labels, real.astype(np.float32)
