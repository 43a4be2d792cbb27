"""Labelled texts: read from any data set that has them, looked up, and batched.

The buckets are those of `zoo.data.batching`. This module knows no model and no data set by name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.data import loading
from zoo.data.batching import bucket_shapes, epoch_batches, epoch_order, pad_rows, starts_of
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf

    from zoo.inputs.words import WordTokenizer

BOUNDARIES = (2, 4, 7, 10, 14, 20, 28, 40, 64, 128, 256, 512)


@dataclasses.dataclass(frozen=True)
class LabelledText:
    """A text, or an image, and its label.

    Attributes:
        text: a string; or its words, where the data set has cut them already; or the pixels of an
            image, uint8 `[height, width]`; or the joints of a skeleton, float32 `[time, 20, 3]`.
        label: its label; empty where it has none.
    """

    text: str | tuple[str, ...] | np.ndarray
    label: str


def label_text(label: Any, names: Sequence[str] | None) -> str:
    """Returns a label as text: bytes, or a number below 0 for none and else a place in `names`."""
    if names is None:
        return label.decode()
    return "" if label < 0 else names[label]


def read_labelled(name: str, split: str) -> list[LabelledText]:
    """Returns the texts of a split, its images or skeletons, in the order of its file.

    Args:
        name: such as "sst/fine", "sst/binary", "imdb" or "mnist".
        split: "train", "validation" or "test"; of "imdb" also "unlabelled". The training texts of
            "sst" are all phrases, the others are sentences.

    Returns:
        The texts.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_examples` does.
    """
    examples = loading.load_examples(name, split)
    names = loading.label_names(name)
    seen = next((key for key in ("image", "skeleton") if key in examples.element_spec), None)
    if seen is not None:
        return [
            LabelledText(example[seen], label_text(example["label"], names))
            for example in examples.as_numpy_iterator()
        ]
    if "tokens" not in examples.element_spec:
        return [
            LabelledText(example["text"].decode(), label_text(example["label"], names))
            for example in examples.as_numpy_iterator()
        ]
    return [
        LabelledText(tuple(token.decode() for token in tokens), label_text(label, names))
        for batch in examples.ragged_batch(1024)
        for tokens, label in zip(batch["tokens"].to_list(), batch["label"].numpy(), strict=True)
    ]


@dataclasses.dataclass(frozen=True)
class EncodedTexts:
    """Ids of all words and labels, in memory: looked up once, then batched anew every epoch.

    Attributes:
        words: int32 ids of all texts one after the other.
        labels: int32, `[texts]`.
        starts: int64, `[texts + 1]`; text `i` is `words[starts[i]:starts[i + 1]]`.
    """

    words: np.ndarray
    labels: np.ndarray
    starts: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> np.ndarray:
        """Words of each text, `[texts]`."""
        return np.diff(self.starts)


@dataclasses.dataclass(frozen=True)
class ClassificationPlan:
    """What an epoch will look like, known before it begins.

    Attributes:
        steps: number of batches an epoch.
        texts: texts that are in the batches.
        left_out: texts longer than the last bucket, which are in no batch.
        tokens: words an epoch.
        filling: fraction of the rows that hold no text.
    """

    steps: int
    texts: int
    left_out: int
    tokens: int
    filling: float

    @property
    def examples(self) -> int:
        """The texts."""
        return self.texts

    @property
    def padding(self) -> float:
        """Part of the labels that is padding: `filling`, since a row has one label."""
        return self.filling


def encode_texts(
    texts: Sequence[str] | Sequence[Sequence[str]],
    labels: Sequence[str],
    tokenizer: WordTokenizer,
    names: Sequence[str],
    *,
    longest: int | None = None,
) -> EncodedTexts:
    """Looks up all words and labels once.

    Args:
        texts: strings or lists of tokens.
        labels: the label of each.
        tokenizer: what knows the words.
        names: the labels in the order of their numbers.
        longest: words kept of a longer text, half of them from its beginning and half from its
            end, where a review says what it thinks. None: all.

    Returns:
        The ids, to be given to `classification_batches` for each epoch.

    Raises:
        ConfigError: when there is no text, or a label is none of the names.
    """
    if not any(texts) or len(texts) != len(labels):
        raise ConfigError("Give at least one text with words, and one label for each text.")
    number = {name: i for i, name in enumerate(names)}
    try:
        numbers = np.array([number[label] for label in labels], np.int32)
    except KeyError as error:
        raise ConfigError(f"The label {error} is none of {', '.join(names)}.") from None
    words = [_without_middle(ids, longest) for ids in tokenizer.word_ids(texts)]
    starts = starts_of([*map(len, words)])
    return EncodedTexts(np.concatenate(words), numbers, starts)


def encode_labelled(
    examples: Sequence[LabelledText],
    tokenizer: WordTokenizer,
    names: Sequence[str],
    *,
    longest: int | None = None,
) -> EncodedTexts:
    """`encode_texts` of what `read_labelled` gives."""
    texts: list[Any] = [one.text for one in examples]
    labels = [one.label for one in examples]
    return encode_texts(texts, labels, tokenizer, names, longest=longest)


def _without_middle(ids: np.ndarray, longest: int | None) -> np.ndarray:
    if longest is None or len(ids) <= longest:
        return ids
    head = longest // 2
    return np.concatenate([ids[:head], ids[len(ids) - (longest - head) :]])


def plan_classification(
    texts: EncodedTexts,
    *,
    batch_tokens: int = 2048,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
) -> ClassificationPlan:
    """Counts the batches and words an epoch of `classification_batches` has.

    Args:
        texts: the encoded texts.
        batch_tokens: as for `classification_batches`.
        boundaries: as for `classification_batches`.
        rows_multiple: as for `classification_batches`.

    Returns:
        The plan; it is the same for every epoch.
    """
    batches = epoch_order(texts, bucket_shapes(batch_tokens, boundaries, rows_multiple), None)
    chosen = np.concatenate([rows[rows >= 0] for _, rows in batches] or [np.zeros(0, int)])
    rows = sum(len(rows) for _, rows in batches)
    return ClassificationPlan(
        steps=len(batches),
        texts=len(chosen),
        left_out=len(texts) - len(chosen),
        tokens=int(texts.lengths[chosen].sum()),
        filling=1 - len(chosen) / rows if rows else 0.0,
    )


def classification_batches(
    texts: EncodedTexts,
    *,
    batch_tokens: int = 2048,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch.

    The last, short batch of a bucket is filled up with rows of padding that weigh nothing. Texts
    longer than the last bucket are left out; `plan_classification` counts them.

    Args:
        texts: what `encode_texts` made.
        batch_tokens: positions of a batch: a bucket of length L has `batch_tokens // L` rows.
        boundaries: lengths of the buckets, rising.
        rows_multiple: rows are a multiple of this, such as the devices that share a batch.
        shuffle: whether to shuffle texts within, and batches between the buckets.
        seed: of the order.
        epoch: number of the epoch; each has its own order.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"words"}, labels, weights)`: `words` int32 `[rows, length]`, padded with 0
        at the right; `labels` int32 and `weights` float32 `[rows]`.

    Raises:
        ConfigError: when a number makes no sense.

    Example:
        >>> for inputs, labels, weights in classification_batches(texts):  # doctest: +SKIP
        ...     ...
    """
    import tensorflow as tf

    shapes = bucket_shapes(batch_tokens, boundaries, rows_multiple)
    signature = (
        {"words": tf.TensorSpec([None, None], tf.int32)},
        tf.TensorSpec([None], tf.int32),
        tf.TensorSpec([None], tf.float32),
    )
    seeds = [seed, epoch] if shuffle else None
    return epoch_batches(texts, shapes, _pad_batch, signature, seeds, start)


def _pad_batch(texts: EncodedTexts, rows: np.ndarray, length: int):
    """Lays the texts of one batch out as a `[rows, length]` array, and their labels."""
    real = rows >= 0
    words = pad_rows(texts.words, texts.starts, rows, length)
    labels = np.where(real, texts.labels[rows], 0).astype(np.int32)
    return {"words": words}, labels, real.astype(np.float32)
