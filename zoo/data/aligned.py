"""Batches of recordings with a label for every frame. Knows no model and no data set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.data.recordings import Recording, phones_of_frames
from zoo.data.transcribed import EncodedRecordings, encoded_recordings, transcription_batches
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf

    from zoo.inputs.input import Input


def phones_in(recordings: Sequence[Recording]) -> tuple[str, ...]:
    """All phones of recordings, sorted.

    Raises:
        ConfigError: if a recording has none.
    """
    for one in recordings:
        if not one.phones:
            raise ConfigError(
                f"The recording {one.name!r} has no times of phones: take a data set that has "
                "them, such as arctic."
            )
    return tuple(sorted({phone for one in recordings for phone in one.phones}))


def encode_frames(
    recordings: Sequence[Recording],
    input: Input,
    labels: Sequence[str],
    times_of: Callable[[int], np.ndarray],
) -> EncodedRecordings:
    """Reads recordings and looks up what is said in each of their frames, once.

    Args:
        recordings: with phones and their ends.
        input: a model's, with one array over time and `lengths`.
        labels: names of the phones in the order of their numbers.
        times_of: from steps of that array to the middles of frames, in seconds.

    Returns:
        Recordings whose labels are one for each frame, numbered from 1.

    Raises:
        ConfigError: when there is no recording, or one has a phone that is no label, or none.
    """
    numbers = {label: number for number, label in enumerate(labels, 1)}
    unknown = sorted(set(phones_in(recordings)) - set(numbers))
    if unknown:
        raise ConfigError(
            f"The phone {unknown[0]!r} is none of the labels {', '.join(labels)}: name all phones "
            "of the recordings."
        )

    def labels_of(number: int, steps: int) -> np.ndarray:
        one = recordings[number]
        phones = phones_of_frames(one.phones, one.ends, times_of(steps))
        return np.array([numbers[phone] for phone in phones], "int32")

    return encoded_recordings([one.sound for one in recordings], input, labels_of)


def frame_batches(recordings: EncodedRecordings, **how: Any) -> tf.data.Dataset:
    """Batches of one epoch, of recordings of about the same length.

    Args:
        recordings: what `encode_frames` made.
        **how: as for `zoo.data.transcription_batches`.

    Returns:
        A data set of `(inputs, labels, weights)`: the array over time float32 `[rows, time, ...]`
        and `lengths` int32 `[rows]`; labels int32 and weights float32 `[rows, frames]`, 1 on frames
        and 0 on padding.

    Raises:
        ConfigError: when a number makes no sense.
    """
    import tensorflow as tf

    def of_frames(inputs, numbers, _):
        return inputs, tf.maximum(numbers - 1, 0), tf.cast(numbers > 0, tf.float32)

    return transcription_batches(recordings, **how).map(of_frames)
