"""From captions and what an encoder made of their photographs to batches for teacher forcing.

Every batch of a bucket has one static shape, and the order of an epoch is a function of (seed,
epoch) alone. This module knows no model and no data set.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo import files
from zoo.data.batching import bucket_shapes, epoch_batches, pad_rows, starts_of
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from zoo.inputs.subwords import SentencePieceTokenizer

# Close together where most captions are, so that little is padding.
BOUNDARIES = (7, 8, 9, 10, 11, 12, 13, 14, 16, 18, 21, 25, 40)
_BATCH = 32  # photographs that are encoded together


@dataclasses.dataclass(frozen=True)
class EncodedCaptions:
    """Captions as ids, and the features of the photograph that each is about.

    Attributes:
        views: arrays `[images, rows, columns, features]`, in memory or mapped from disk: the
            photographs, and where there is a second array, the same otherwise seen, such as
            mirrored. An epoch takes one of them for each caption.
        images: int64 `[captions]`, the number of each caption's photograph.
        target: int32 ids of all captions one after the other, each with begin and end.
        target_starts: int64 `[captions + 1]`; caption `i` is `target[target_starts[i]:
            target_starts[i + 1]]`.
        unknown_id: the id of words that are not known, which are read and not to be learnt.
    """

    views: tuple[np.ndarray, ...]
    images: np.ndarray
    target: np.ndarray
    target_starts: np.ndarray
    unknown_id: int

    def __len__(self) -> int:
        return len(self.images)

    @property
    def lengths(self) -> np.ndarray:
        """Steps each caption needs, `[captions]`: its ids and one for begin or end."""
        return np.diff(self.target_starts) - 1


def encode_captions(
    captions: Sequence[Sequence[str]],
    tokenizer: SentencePieceTokenizer,
    views: Sequence[np.ndarray],
) -> EncodedCaptions:
    """Cuts the captions of all photographs once.

    Args:
        captions: for each photograph its captions.
        tokenizer: what cuts them.
        views: see `EncodedCaptions`; each of as many photographs.

    Returns:
        What `caption_batches` takes.

    Raises:
        ConfigError: when there is no caption, or a view has another number of photographs.
    """
    for view in views:
        if len(view) != len(captions):
            raise ConfigError(
                f"There are captions of {len(captions)} photographs and features of {len(view)}."
            )
    images = np.repeat(np.arange(len(captions)), [len(texts) for texts in captions])
    rows = tokenizer.encode([text for texts in captions for text in texts])
    if not rows:
        raise ConfigError("There are no captions to batch.")
    framed = [[tokenizer.bos_id, *ids, tokenizer.eos_id] for ids in rows]
    starts = starts_of([*map(len, framed)])
    target = np.concatenate(framed).astype(np.int32)
    return EncodedCaptions(tuple(views), images, target, starts, tokenizer.unknown_id)


def caption_batches(
    captions: EncodedCaptions,
    *,
    batch_tokens: int = 1024,
    boundaries: Sequence[int] = BOUNDARIES,
    rows_multiple: int = 1,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch over all captions.

    Captions are put into buckets by their lengths as pairs are by
    `zoo.data.translation_batches`, and `zoo.data.plan_batches` counts these batches, too.

    Args:
        captions: from `encode_captions`.
        batch_tokens: positions of a batch: a bucket of length L has `batch_tokens // L` rows.
        boundaries: lengths of the buckets, rising; longer captions are left out.
        rows_multiple: rows are a multiple of this.
        shuffle: whether captions are in random order and views are drawn; without it captions keep
            their order in each bucket, and the first view is taken.
        seed: of order and views.
        epoch: number of the epoch; each has its own order.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"source", "target"}, labels, weights)`: `source` `[rows, grid rows, grid
        columns, features]`, of the type that the views have; `target` int32 `[rows, length]`, begin
        and ids; `labels` int32 `[rows, length]`, ids and end; `weights` float32 `[rows, length]`, 1
        on labels, 0 on padding and on unknown words.

    Raises:
        ConfigError: when a number makes no sense.
    """
    import tensorflow as tf

    shapes = bucket_shapes(batch_tokens, boundaries, rows_multiple)
    first = captions.views[0]
    ids = tf.TensorSpec([None, None], tf.int32)
    features = tf.TensorSpec([None, *first.shape[1:]], first.dtype)
    weights = tf.TensorSpec([None, None], tf.float32)
    signature = ({"source": features, "target": ids}, ids, weights)
    chosen = np.zeros(len(captions), np.int64)
    if shuffle:
        # A stream of its own: with one view more, the order stays the same.
        generator = np.random.default_rng([seed, epoch, 1])
        chosen = generator.integers(len(captions.views), size=len(captions))

    def pad_batch(captions, rows, length):
        return _pad_batch(captions, chosen, rows, length)

    seeds = [seed, epoch] if shuffle else None
    return epoch_batches(captions, shapes, pad_batch, signature, seeds, start)


def _pad_batch(captions: EncodedCaptions, chosen: np.ndarray, rows: np.ndarray, length: int) -> Any:
    """Lays the captions of one batch out; row -1 is filling and has the first photograph."""
    target = pad_rows(captions.target, captions.target_starts, rows, length + 1)
    labels = target[:, 1:]
    weights = (labels != 0) & (labels != captions.unknown_id)
    rows = np.maximum(rows, 0)
    images, views = captions.images[rows], chosen[rows]
    source = np.stack([captions.views[v][i] for v, i in zip(views, images, strict=True)])
    inputs = {"source": source, "target": np.where(labels != 0, target[:, :-1], 0)}
    return inputs, labels, weights.astype(np.float32)


def cached_grids(
    backbone: keras.layers.Layer,
    photographs: Callable[[], Iterable[np.ndarray]],
    count: int,
    name: str,
    *,
    mirrored: bool = False,
) -> np.ndarray:
    """What a frozen network makes of photographs, computed once and kept under `ZOO_HOME`.

    The file's name tells the network by its config and weights, so another one, or the same after
    further training, never reads what this one made.

    Args:
        backbone: a built layer from uint8 images `[batch, height, width, 3]` to grids.
        photographs: gives the photographs, uint8 `[height, width, 3]` and all of one size; called
            only where they are not encoded yet.
        count: how many they are.
        name: what tells these photographs from others, such as "flickr8k-train".
        mirrored: whether to mirror them, left to right.

    Returns:
        float16 `[photographs, rows, columns, features]`, mapped from disk.

    Raises:
        ConfigError: when there is another number of photographs.
    """
    kind = "-mirrored" if mirrored else ""
    path = files.home() / "features" / f"{name}{kind}-{_fingerprint(backbone)}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with files.replacing(path) as part:
            _encode(backbone, photographs(), count, mirrored, part)
    return np.load(path, mmap_mode="r")


def _fingerprint(backbone: keras.layers.Layer) -> str:
    """Twelve digits that tell one network from another."""
    config = {**backbone.get_config(), "name": None, "dtype": None, "trainable": None}
    digest = hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode())
    for weight in backbone.get_weights():
        digest.update(np.ascontiguousarray(weight, "float32").tobytes())
    return digest.hexdigest()[:12]


def _encode(
    backbone, photographs: Iterable[np.ndarray], count: int, mirrored: bool, path: Path
) -> None:
    """Writes the grids of all photographs as one `.npy`."""
    import keras

    images = keras.Input((None, None, 3), dtype="uint8")
    model = keras.Model(images, backbone(images))
    left, done, grids = iter(photographs), 0, None
    while batch := list(itertools.islice(left, _BATCH)):
        if done + len(batch) > count:
            raise ConfigError(f"There should be {count} photographs, and there are more.")
        pixels = np.stack(batch)
        found = np.asarray(model.predict_on_batch(pixels[:, :, ::-1] if mirrored else pixels))
        if grids is None:
            shape = (count, *found.shape[1:])
            grids = np.lib.format.open_memmap(path, "w+", np.dtype("float16"), shape)
        grids[done : done + len(found)] = found
        done += len(found)
    if done != count:
        raise ConfigError(f"There should be {count} photographs, and there are {done}.")
    if grids is not None:
        grids.flush()
