"""Recordings of speech and what is said, for recognisers. Knows no model and no data set."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from zoo.data.loading import load_examples, require_features
from zoo.errors import ConfigError


@dataclasses.dataclass(frozen=True)
class Recording:
    """One recording.

    Attributes:
        sound: the bytes of its file, as `zoo.inputs.Sound` takes them, or features float32
            `[frames, features]`, as `zoo.inputs.Series` does.
        text: what is said.
        name: of the recording.
        speaker: who speaks.
        phones: what is said, sound by sound; empty where that is not known.
        ends: float32 `[phones]`, when each ends, in seconds.
    """

    sound: bytes | np.ndarray
    text: str
    name: str
    speaker: str
    phones: tuple[str, ...] = ()
    ends: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0, "float32"))


def recording_features(coefficients: int | None = None, has_phones: bool = False) -> dict[str, Any]:
    """The features of an example of a data set of recordings, for `tfds.features.FeaturesDict`.

    They are `audio`, a file as uint8 `[bytes]`, or `series` `[frames, coefficients]`, and `text`,
    `name`, `speaker`; with phones also `phones`, and `ends` when each ends, in seconds.
    """
    import tensorflow_datasets as tfds

    tensor, text = tfds.features.Tensor, tfds.features.Text()
    if coefficients is None:
        found = {"audio": tensor(shape=(None,), dtype=np.uint8)}
    else:
        found = {"series": tensor(shape=(None, coefficients), dtype=np.float32)}
    found |= {"text": text, "name": text, "speaker": text}
    if has_phones:
        ends = tensor(shape=(None,), dtype=np.float32)
        found |= {"phones": tfds.features.Sequence(text), "ends": ends}
    return found


def read_recordings(name: str, split: str) -> list[Recording]:
    """Reads one split of a registered data set of recordings.

    Args:
        name: such as "fsdd".
        split: such as "train".

    Raises:
        ConfigError: if its examples are no recordings.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_examples`.

    Example: `read_recordings("fsdd", "test")[0].text`.
    """
    require_features(name, ("text", "name", "speaker"))
    examples = list(load_examples(name, split).as_numpy_iterator())
    if not {"audio", "series"} & set(examples[0]):
        raise ConfigError(f"{name} has no sound (audio or series): take a data set of recordings.")
    return [_recording(example) for example in examples]


def _recording(example: dict[str, Any]) -> Recording:
    return Recording(
        example["audio"].tobytes() if "audio" in example else example["series"],
        example["text"].decode(),
        example["name"].decode(),
        example["speaker"].decode(),
        tuple(phone.decode() for phone in example.get("phones", ())),
        np.asarray(example.get("ends", ()), "float32"),
    )


def phones_of_frames(
    phones: Sequence[str], ends: Sequence[float] | np.ndarray, times: Sequence[float] | np.ndarray
) -> list[str]:
    """The phone that is said at each time.

    Args:
        phones: one after the other, at least one.
        ends: when each ends, in seconds, rising.
        times: in seconds, such as of the middles of frames. After the last end it is the last one.

    Raises:
        ConfigError: if there is no phone, or another number of ends.

    Example:

    >>> phones_of_frames(["_", "A"], [0.02, 0.05], [0.005, 0.015, 0.025, 0.065])
    ['_', '_', 'A', 'A']
    """
    if not len(phones) or len(phones) != len(ends):
        raise ConfigError(f"Give as many ends as phones, not {len(ends)} of {len(phones)}.")
    places = np.searchsorted(np.asarray(ends), np.asarray(times), side="right")
    return [phones[place] for place in np.minimum(places, len(phones) - 1)]
