"""Pairs of strings: read by the name of a data set, tokenised, and batched by tokens.

The buckets are those of `zoo.data.batching`. This module knows no model.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo import catalogue
from zoo.data import loading
from zoo.data.batching import BOUNDARIES, bucket_shapes, epoch_batches, pad_rows, starts_of
from zoo.errors import ConfigError
from zoo.inputs.ids import BOS_ID, EOS_ID, PAD_ID

if TYPE_CHECKING:
    import tensorflow as tf

    from zoo.inputs.subwords import SentencePieceTokenizer


@dataclasses.dataclass(frozen=True)
class EncodedPairs:
    """Token ids of all pairs, in memory: tokenised once, then batched anew every epoch.

    Attributes:
        source: int32 ids of all source sentences one after the other, each with the end of
            sentence, and behind the piece that its tokenizer puts first, if any.
        source_starts: int64, `[pairs + 1]`; pair `i` is `source[source_starts[i]:
            source_starts[i + 1]]`.
        target: int32 ids, each sentence with begin and end.
        target_starts: int64, `[pairs + 1]`.
    """

    source: np.ndarray
    source_starts: np.ndarray
    target: np.ndarray
    target_starts: np.ndarray

    def __len__(self) -> int:
        return len(self.source_starts) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Steps each pair needs, `[pairs]`: source with end, target with begin or end."""
        source = np.diff(self.source_starts)
        target = np.diff(self.target_starts) - 1
        return np.maximum(source, target)

    @property
    def target_tokens(self) -> int:
        """Labels an epoch has: target ids and one end of sentence each."""
        return len(self.target) - len(self)


@dataclasses.dataclass(frozen=True)
class BatchPlan:
    """What an epoch will look like, known before it begins.

    Attributes:
        shapes: `(rows, length)` of the batches of each bucket.
        batches: number of batches of each bucket an epoch.
        steps: number of batches an epoch.
        pairs: pairs that are in the batches.
        left_out: pairs longer than the last bucket, which are in no batch.
        target_tokens: labels an epoch.
        padding: fraction of the label positions that are padding.
    """

    shapes: tuple[tuple[int, int], ...]
    batches: tuple[int, ...]
    steps: int
    pairs: int
    left_out: int
    target_tokens: int
    padding: float

    @property
    def examples(self) -> int:
        """The pairs."""
        return self.pairs

    @property
    def tokens(self) -> int:
        """The labels."""
        return self.target_tokens


def encode_pairs(
    pairs: tf.data.Dataset,
    source_tokenizer: SentencePieceTokenizer,
    target_tokenizer: SentencePieceTokenizer,
) -> EncodedPairs:
    """Tokenises all pairs once.

    Args:
        pairs: data set of `(source, target)` string scalars.
        source_tokenizer: tokenizer of the source side.
        target_tokenizer: tokenizer of the target side.

    Returns:
        The ids, to be given to `translation_batches` for each epoch.

    Raises:
        ConfigError: when there is no pair.
    """
    import tensorflow as tf

    def ids(source, target):
        return source_tokenizer.tokenize(source), target_tokenizer.tokenize(target)

    batched = pairs.batch(1024).map(ids, num_parallel_calls=tf.data.AUTOTUNE)
    sources, targets = [], []
    for source, target in batched.prefetch(2):
        sources.append((source.values.numpy(), source.row_lengths().numpy()))
        targets.append((target.values.numpy(), target.row_lengths().numpy()))
    if not sources:
        raise ConfigError("There are no pairs to batch: the data set given is empty.")
    source, source_starts = _flatten(sources, begin=getattr(source_tokenizer, "first_id", None))
    target, target_starts = _flatten(targets, begin=BOS_ID)
    return EncodedPairs(source, source_starts, target, target_starts)


def encode_pair_lists(
    sources: Sequence[str],
    targets: Sequence[str],
    source_tokenizer: SentencePieceTokenizer,
    target_tokenizer: SentencePieceTokenizer,
) -> EncodedPairs:
    """The same as `encode_pairs`, from two lists of strings."""
    import tensorflow as tf

    pairs = tf.data.Dataset.from_tensor_slices((list(sources), list(targets)))
    return encode_pairs(pairs, source_tokenizer, target_tokenizer)


def _flatten(parts: list[tuple[np.ndarray, np.ndarray]], begin: int | None):
    """Joins the ids of all sentences, each with its end, and its begin where there is one."""
    ids = np.concatenate([values for values, _ in parts])
    lengths = np.concatenate([lengths for _, lengths in parts])
    extra = 1 if begin is None else 2
    starts = starts_of(lengths + extra)
    joined = np.full(starts[-1], EOS_ID, np.int32)
    is_id = np.ones(starts[-1], bool)
    is_id[starts[1:] - 1] = False
    if begin is not None:
        joined[starts[:-1]] = begin
        is_id[starts[:-1]] = False
    joined[is_id] = ids
    return joined, starts


def plan_batches(
    pairs: EncodedPairs,
    *,
    batch_tokens: int = 1024,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
) -> BatchPlan:
    """Counts the batches, pairs and padding an epoch of `translation_batches` has.

    Args:
        pairs: the encoded pairs.
        batch_tokens: as for `translation_batches`.
        boundaries: as for `translation_batches`.
        rows_multiple: as for `translation_batches`.

    Returns:
        The plan; it is the same for every epoch.
    """
    shapes = bucket_shapes(batch_tokens, boundaries, rows_multiple)
    bucket = np.searchsorted([length for _, length in shapes], pairs.lengths)
    counts = np.bincount(bucket, minlength=len(shapes) + 1)
    batches = tuple(
        int(-(-count // rows)) for count, (rows, _) in zip(counts, shapes, strict=False)
    )
    positions = sum(
        number * rows * length for number, (rows, length) in zip(batches, shapes, strict=True)
    )
    labels = np.diff(pairs.target_starts) - 1
    tokens = int(labels[bucket < len(shapes)].sum())
    return BatchPlan(
        shapes=shapes,
        batches=batches,
        steps=sum(batches),
        pairs=int(counts[:-1].sum()),
        left_out=int(counts[-1]),
        target_tokens=tokens,
        padding=1 - tokens / positions if positions else 0.0,
    )


def translation_batches(
    pairs: tf.data.Dataset | EncodedPairs,
    source_tokenizer: SentencePieceTokenizer | None = None,
    target_tokenizer: SentencePieceTokenizer | None = None,
    *,
    batch_tokens: int = 1024,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch for teacher forcing.

    A pair goes to the first bucket that holds `max(len(source) + 1, len(target) + 1)` ids, one
    being the end of sentence. The last, short batch of a bucket is filled up with rows of
    padding that weigh nothing. Pairs longer than the last bucket are left out; `plan_batches`
    counts them.

    Args:
        pairs: data set of `(source, target)` strings, or what `encode_pairs` made of it; for
            more than one epoch encode once and give that.
        source_tokenizer: of the source side; needed for strings only.
        target_tokenizer: of the target side; needed for strings only.
        batch_tokens: positions of a batch: a bucket of length L has `batch_tokens // L` rows.
        boundaries: lengths of the buckets, rising.
        rows_multiple: rows are a multiple of this.
        shuffle: whether to shuffle pairs within, and batches between the buckets; without it
            pairs keep their order in each bucket, and buckets come from short to long.
        seed: of the order.
        epoch: number of the epoch; each has its own order.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"source", "target"}, labels, weights)`: `source` int32
        `[rows, length]`, ids and end of sentence; `target` int32 `[rows, length]`, begin of
        sentence and ids; `labels` int32 `[rows, length]`, ids and end of sentence; `weights`
        float32 `[rows, length]`, 1 on labels and 0 on padding. Padding is id 0, at the right.

    Raises:
        ConfigError: when there are no pairs, or a number makes no sense.

    Example:
        >>> encoded = encode_pairs(pairs, tokenizer, tokenizer)  # doctest: +SKIP
        >>> for inputs, labels, weights in translation_batches(encoded, epoch=3):  # doctest: +SKIP
        ...     ...
    """
    import tensorflow as tf

    if not isinstance(pairs, EncodedPairs):
        if source_tokenizer is None or target_tokenizer is None:
            raise ConfigError("Pairs of strings need a source_tokenizer and a target_tokenizer.")
        pairs = encode_pairs(pairs, source_tokenizer, target_tokenizer)
    shapes = bucket_shapes(batch_tokens, boundaries, rows_multiple)
    ids = tf.TensorSpec([None, None], tf.int32)
    weights = tf.TensorSpec([None, None], tf.float32)
    signature = ({"source": ids, "target": ids}, ids, weights)
    seeds = [seed, epoch] if shuffle else None
    return epoch_batches(pairs, shapes, _pad_batch, signature, seeds, start)


def _pad_batch(pairs: EncodedPairs, rows: np.ndarray, length: int):
    """Lays the pairs of one batch out as `[rows, length]` arrays."""
    source = pad_rows(pairs.source, pairs.source_starts, rows, length)
    target = pad_rows(pairs.target, pairs.target_starts, rows, length + 1)
    labels = target[:, 1:]
    real = labels != PAD_ID
    inputs = {"source": source, "target": np.where(real, target[:, :-1], PAD_ID)}
    return inputs, labels, real.astype(np.float32)


def load_pairs(name: str, split: str) -> tf.data.Dataset:
    """Returns the sentence pairs of a split, in the order of its file.

    The data set is prepared under `ZOO_HOME` (default ~/.cache/zoo) when it is first asked for.

    Args:
        name: a registered data set and its languages, source first: "multi30k/en-fr",
            "tatoeba/fr-en".
        split: a split of the data set, such as "train" or "validation".

    Returns:
        A data set of `(source, target)` string scalars.

    Raises:
        UnknownNameError: when no data set has this name.
        ConfigError: when it has not these languages or this split.
        MissingFileError, DamagedFileError, OfflineError: when its files cannot be had.

    Example:
        >>> load_pairs("multi30k/en-fr", "validation")  # doctest: +SKIP
    """
    source, _, target = name.partition("/")[2].partition("-")
    examples = loading.load_examples(stored_name(name), split)
    return examples.map(lambda example: (example[source], example[target]))


def stored_name(name: str) -> str:
    """Returns the data set that has the pairs: of "multi30k/fr-en" it is "multi30k/en-fr".

    Raises:
        UnknownNameError: when no data set has this name.
        ConfigError: when it has not these languages.
    """
    dataset, _, languages = name.partition("/")
    configs = sorted(catalogue.datasets.get(dataset).builder_configs)
    source, _, target = languages.partition("-")
    for config in (languages, f"{target}-{source}"):
        if config in configs:
            return f"{dataset}/{config}"
    raise ConfigError(
        f"The data set {dataset!r} has no languages {languages!r}: write one of "
        f"{', '.join(f'{dataset}/{c}' for c in configs)}, or the same the other way round."
    )


def read_pairs(name: str, split: str) -> list[tuple[str, str]]:
    """Returns the sentence pairs of a split as Python strings, in the order of its file.

    Args:
        name: a data set and its languages, as for `load_pairs`.
        split: a split of the data set.

    Returns:
        `(source, target)` pairs.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_pairs` does.
    """
    pairs = []
    for sources_, targets in load_pairs(name, split).batch(1024).as_numpy_iterator():
        for source, target in zip(sources_, targets, strict=True):
            pairs.append((source.decode("utf-8"), target.decode("utf-8")))
    return pairs


def references(name: str, split: str) -> tuple[list[str], list[list[str]]]:
    """Gathers all translations of each source sentence of a split.

    Args:
        name: a data set and its languages, as for `load_pairs`.
        split: a split of the data set.

    Returns:
        The source sentences, each once, in the order of the split; and for each the list of its
        different translations.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_pairs` does.
    """
    gathered: dict[str, list[str]] = {}
    for source, target in read_pairs(name, split):
        translations = gathered.setdefault(source, [])
        if target not in translations:
            translations.append(target)
    return list(gathered), list(gathered.values())
