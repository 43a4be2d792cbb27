"""From labelled images to batches. Knows no model and no data set."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.data.batching import generated_batches
from zoo.data.labelled import LabelledText
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class EncodedImages:
    """Images of one size and their labels, in memory.

    Attributes:
        images: uint8 `[images, height, width]`.
        labels: int32 `[images]`.
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


def encode_images(examples: Sequence[LabelledText], names: Sequence[str]) -> EncodedImages:
    """Puts images of one size together, and looks their labels up.

    Args:
        examples: from `read_labelled`.
        names: the labels in the order of their numbers.

    Raises:
        ConfigError: when there is no image, or a label is none of the names.
    """
    if not examples:
        raise ConfigError("There are no images to batch.")
    number = {name: i for i, name in enumerate(names)}
    try:
        labels = np.array([number[example.label] for example in examples], "int32")
    except KeyError as error:
        raise ConfigError(f"The label {error} is none of {', '.join(names)}.") from None
    return EncodedImages(np.stack([np.asarray(one.text) for one in examples]), labels)


def image_batches(
    images: EncodedImages,
    *,
    rows: int = 64,
    shift: int = 0,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch, in an order that depends on `(seed, epoch)` alone.

    Args:
        images: from `encode_images`.
        rows: images of a batch; fewer are left out at the end.
        shift: each image is moved by at most so many pixels, across and down, dark where there was
            nothing.
        seed, epoch: say order and shifts.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"source"}, labels, weights)`: `source` uint8 `[rows, height, width, 3]`,
        `labels` int32 and `weights` float32 `[rows]`.

    Raises:
        ConfigError: when there are too few images for one batch, or `start` is beyond the epoch.
    """
    import tensorflow as tf

    steps = len(images) // rows
    if not 0 <= start <= steps or not steps:
        raise ConfigError(f"The epoch has {steps} batches, so it cannot start at number {start}.")
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(len(images))
    shifts = rng.integers(-shift, shift, (len(images), 2), endpoint=True)
    height, width = images.images.shape[1:]
    padded = np.pad(images.images, [(0, 0), (shift, shift), (shift, shift)])

    def generate():
        for number in range(start, steps):
            chosen = order[number * rows : (number + 1) * rows]
            down, across = (shifts[chosen] + shift).T
            places = np.ogrid[:height, :width]
            moved = padded[
                chosen[:, None, None],
                places[0] + down[:, None, None],
                places[1] + across[:, None, None],
            ]
            source = np.repeat(moved[..., None], 3, axis=-1)
            yield {"source": source}, images.labels[chosen], np.ones(rows, "float32")

    signature = (
        {"source": tf.TensorSpec([rows, height, width, 3], tf.uint8)},
        tf.TensorSpec([rows], tf.int32),
        tf.TensorSpec([rows], tf.float32),
    )
    return generated_batches(generate, signature, steps - start)
