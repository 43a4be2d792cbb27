"""From labelled clips, or features of their frames, to batches. Knows no model and no data set."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.data.batching import bucket_shapes, epoch_batches, epoch_order
from zoo.data.loading import label_names, load_examples, require_features
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf

_BUCKETS = 6

# From a clip `[time, ...]` and a generator to another clip, of any number of frames.
Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


@dataclasses.dataclass(frozen=True)
class LabelledClip:
    """A clip and its label.

    Attributes:
        clip: bytes of a file of video, or uint8 `[time, height, width, channels]`.
        label: what it shows.
        group: what it was recorded with, such as a speaker or a sequence.
        kind: of the label, such as "words"; empty where there is one kind.
    """

    clip: bytes | np.ndarray
    label: str
    group: str
    kind: str = ""


def read_clips(name: str, split: str) -> list[LabelledClip]:
    """Reads one split of a registered data set of labelled clips.

    Args:
        name: such as "miracl_vc1".
        split: such as "train".

    Raises:
        ConfigError: if its examples are no labelled clips.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_examples`.

    Example: `read_clips("ut_interaction", "set1")[0].label`.
    """
    require_features(name, ("clip", "label"), split)
    names = label_names(name) or []
    found = []
    for example in load_examples(name, split).as_numpy_iterator():
        clip = example["clip"]
        group = example.get("speaker", example.get("sequence", b""))
        found.append(
            LabelledClip(
                clip.tobytes() if clip.ndim == 1 else clip,
                names[example["label"]],
                group.decode(),
                example.get("kind", b"").decode(),
            )
        )
    return found


@dataclasses.dataclass(frozen=True)
class EncodedClips:
    """Frames of clips and their labels, in memory.

    Attributes:
        frames: of each clip an array `[time, ...]`: pixels, or features of them.
        labels: int32 `[clips]`.
    """

    frames: tuple[np.ndarray, ...]
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> np.ndarray:
        """Frames of each clip."""
        return np.array([len(one) for one in self.frames])

    def shapes(self, batch_steps: int, longest: float = 1.0) -> tuple[tuple[int, int], ...]:
        """The rows and the length of the batches of each bucket; buckets hold about as many.

        Args:
            batch_steps: frames of a batch, padding included.
            longest: a clip becomes at most so many times as long when it is changed.
        """
        parts = np.arange(1, _BUCKETS + 1) / _BUCKETS
        found = np.quantile(self.lengths, parts, method="higher") * longest
        return bucket_shapes(batch_steps, sorted({int(np.ceil(length)) for length in found}))


def encode_clips(
    frames: Sequence[np.ndarray], labels: Sequence[str], names: Sequence[str]
) -> EncodedClips:
    """Puts clips and the numbers of their labels together.

    Args:
        frames: of each an array `[time, ...]`, the same beside time.
        labels: what each shows.
        names: the labels in the order of their numbers.

    Raises:
        ConfigError: when there is no clip, not as many labels, or a label is none of the names.
    """
    if not frames or len(frames) != len(labels):
        raise ConfigError(f"Clips have a label each, and there are {len(frames)}, {len(labels)}.")
    number = {name: i for i, name in enumerate(names)}
    try:
        numbers = np.array([number[label] for label in labels], "int32")
    except KeyError as error:
        raise ConfigError(f"The label {error} is none of {', '.join(names)}.") from None
    return EncodedClips(tuple(frames), numbers)


def clip_steps(clips: EncodedClips, *, batch_steps: int, longest: float = 1.0) -> int:
    """The number of batches in an epoch of `clip_batches`."""
    return len(epoch_order(clips, clips.shapes(batch_steps, longest), None))


def clip_batches(
    clips: EncodedClips,
    *,
    batch_steps: int,
    change: Change | None = None,
    longest: float = 1.0,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch, of clips of about the same length.

    The last batch of a bucket is filled up with rows of padding that weigh nothing.

    Args:
        clips: what `encode_clips` made.
        batch_steps: frames of a batch, padding included.
        change: another clip for each, such as moved or faster, drawn anew every epoch. None: they
            stay as they are.
        longest: a changed clip is at most so many times as long as its own; what is longer is cut.
        shuffle: whether to shuffle clips within, and batches between the buckets.
        seed, epoch: say order and changes.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `(inputs, labels, weights)`: `source` `[rows, time, ...]` and `lengths` int32
        `[rows]`; labels int32 and weights float32 `[rows]`.

    Raises:
        ConfigError: when a number makes no sense.
    """
    import tensorflow as tf

    shape, dtype = clips.frames[0].shape[1:], clips.frames[0].dtype

    def pad_batch(clips: EncodedClips, rows: np.ndarray, length: int):
        source = np.zeros((len(rows), length, *shape), dtype)
        lengths = np.zeros(len(rows), "int32")
        for row, number in enumerate(rows):
            if number < 0:
                continue
            frames = clips.frames[number]
            if change is not None:
                rng = np.random.default_rng([seed, epoch, int(number)])
                frames = change(frames, rng)[:length]
            source[row, : len(frames)], lengths[row] = frames, len(frames)
        labels = np.where(rows >= 0, clips.labels[rows], 0).astype("int32")
        inputs = {"source": source, "lengths": lengths}
        return inputs, labels, (rows >= 0).astype("float32")

    inputs = {
        "source": tf.TensorSpec([None, None, *shape], dtype),
        "lengths": tf.TensorSpec([None], tf.int32),
    }
    labels, weights = tf.TensorSpec([None], tf.int32), tf.TensorSpec([None], tf.float32)
    seeds = [seed, epoch] if shuffle else None
    shapes = clips.shapes(batch_steps, longest)
    return epoch_batches(clips, shapes, pad_batch, (inputs, labels, weights), seeds, start)
