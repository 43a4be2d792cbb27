"""Recordings of every kind as samples: soundfile opens them, soxr brings them to another rate.

What cannot be read is refused by one sentence. This module knows no model.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from zoo.errors import ConfigError, MissingFileError

_BLOCK = 1 << 18  # samples that are decoded at once
_RATES = (1000, 768_000)  # Hz, the least and the most that make sense
_INSTALL = "install it with pip install 'sequence-zoo[audio]'."


def is_recording(value: Any) -> bool:
    """Whether a value is a path, bytes, an array, or a pair of an array and its rate."""
    if isinstance(value, (str, os.PathLike, bytes, bytearray, np.ndarray)):
        return True
    is_pair = isinstance(value, tuple) and len(value) == 2
    return is_pair and isinstance(value[0], np.ndarray) and isinstance(value[1], Real)


def read_sound(item: Any, rate: int) -> np.ndarray:
    """All samples of a recording.

    Args:
        item: as for `zoo.inputs.Sound`.
        rate: samples a second that are wanted, and that an array alone has.

    Returns:
        float32 `[samples]`, the mean of all channels.

    Raises:
        ConfigError: if it is no recording, is cut off, or has no sound; the message names it.
        MissingFileError: if there is no such file.
    """
    return np.concatenate([np.zeros(0, "float32"), *sound_blocks(item, rate)])


def sound_blocks(item: Any, rate: int) -> Iterator[np.ndarray]:
    """The samples of a recording in pieces, so that a long file is never in memory at once.

    Args:
        item, rate: as for `read_sound`.

    Yields:
        float32 `[samples]`, which `read_sound` gives joined.

    Raises:
        ConfigError, MissingFileError: as `read_sound` does, some of them in the middle.
    """
    if isinstance(item, (tuple, np.ndarray)):
        samples, own_rate = item if isinstance(item, tuple) else (item, rate)
        blocks: Iterator[np.ndarray] = iter([_mono_of_array(samples)])
        name = "An array"
    else:
        name, blocks, own_rate = _opened(item)
    low, high = _RATES
    if not low <= own_rate <= high:
        raise ConfigError(
            f"{name} has {own_rate:g} samples a second, and {low:,} to {high:,} are read: say the "
            "rate that it was recorded with."
        )
    yield from sound_rate_changed(blocks, own_rate, rate)


def resampled(samples: np.ndarray, from_rate: float, to_rate: float) -> np.ndarray:
    """Samples at another rate, without what the new rate cannot hold.

    Args:
        samples: float32 `[samples]`.
        from_rate, to_rate: samples a second; only their ratio matters.

    Returns:
        float32 `[about samples * to_rate / from_rate]`.

    Raises:
        ConfigError: if soxr is not installed.
    """
    if from_rate == to_rate or not len(samples):
        return samples
    return np.asarray(_soxr().resample(samples, from_rate, to_rate), "float32")


def sound_rate_changed(
    blocks: Iterator[np.ndarray], from_rate: float, to_rate: float
) -> Iterator[np.ndarray]:
    """Pieces of one recording at another rate, as `resampled` gives the whole.

    Args:
        blocks: float32 `[samples]` each.
        from_rate, to_rate: samples a second.

    Raises:
        ConfigError: if soxr is not installed.
    """
    if from_rate == to_rate:
        yield from blocks
        return
    stream = _soxr().ResampleStream(from_rate, to_rate, 1, dtype="float32")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, "float32"), last=True)


def _soxr() -> Any:
    try:
        import soxr
    except ImportError as error:
        raise ConfigError(f"Sound at another rate needs soxr: {_INSTALL}") from error
    return soxr


def _mono_of_array(samples: np.ndarray) -> np.ndarray:
    """An array of any number of channels and type, float32 `[samples]`."""
    if samples.ndim not in (1, 2) or samples.dtype.kind not in "fiu":
        raise ConfigError(
            "An array of sound is float or integer [samples] or [samples, channels], not "
            f"{samples.dtype} {list(samples.shape)}."
        )
    if samples.ndim == 2 and not 1 <= samples.shape[1] <= 64:
        raise ConfigError(
            f"An array of sound of shape {list(samples.shape)} has {samples.shape[1]} channels: "
            "give [samples, channels], transposed if it is the other way round."
        )
    if samples.dtype.kind in "iu":  # whole numbers, as files hold them
        half = 1 << (8 * samples.dtype.itemsize - 1)
        shift = half if samples.dtype.kind == "u" else 0
        found = (samples.astype("float64") - shift) / half
    else:
        found = samples.astype("float32", copy=False)
    if not np.isfinite(found).all():
        place = int(np.argwhere(~np.isfinite(found))[0, 0])
        raise ConfigError(f"An array of sound has no number at sample {place}: repair it first.")
    return (found if samples.ndim == 1 else found.mean(axis=1)).astype("float32", copy=False)


def _opened(item: Any) -> tuple[str, Iterator[np.ndarray], int]:
    """What a file is called, its samples in pieces, and its rate."""
    try:
        import soundfile
    except (ImportError, OSError) as error:  # OSError: without the library that it needs
        raise ConfigError(f"Reading files of sound needs soundfile: {_INSTALL}") from error
    if isinstance(item, (bytes, bytearray)):
        name, source = f"A file of {len(item):,} bytes", io.BytesIO(item)
        is_empty = not item
    else:
        name, source = os.fspath(item), os.fspath(item)
        if Path(name).is_dir():
            raise ConfigError(f"{name} is a folder: give a file of sound that is in it.")
        if not Path(name).is_file():
            raise MissingFileError(f"There is no file of sound {name!r}.")
        is_empty = not Path(name).stat().st_size
    if is_empty:
        raise ConfigError(f"{name} is empty: record or copy it again.")
    try:
        file = soundfile.SoundFile(source)
    except (soundfile.SoundFileError, RuntimeError, TypeError, OSError) as error:
        raise _unreadable(name, error) from error
    if not file.frames:
        file.close()
        raise ConfigError(f"{name} has no sound in it: it ends before its first sample.")
    is_cut_off = "should be" in _size_of_data(file.extra_info)
    if file.format == "OGG":
        is_cut_off = not _has_last_page(item)
    if is_cut_off:
        file.close()
        raise ConfigError(f"{name} is cut off, or was not closed: record or copy it again.")
    return name, _blocks(name, file, soundfile.SoundFileError), file.samplerate


def _size_of_data(log: str) -> str:
    """What libsndfile says of the size of a wav file's samples, and of no other chunk.

    A recorder that writes into a pipe knows no size and writes the largest one, or 0.
    """
    for line in log.splitlines():
        if line.startswith("data :") and not line.startswith(("data : 4294967", "data : 0 ")):
            return line
    return ""


def _has_last_page(item: Any) -> bool:
    """Whether the last page of an Ogg file, where no size is said, is marked as its last one.

    Xiph 2003, RFC 3533, section 6: byte 5 of a page's header; a page has at most 65,307 bytes.
    """
    if isinstance(item, (bytes, bytearray)):
        end = bytes(item[-65_307:])
    else:
        with open(item, "rb") as file:
            file.seek(max(os.path.getsize(item) - 65_307, 0))
            end = file.read()
    page = end.rfind(b"OggS")
    return page >= 0 and len(end) > page + 5 and bool(end[page + 5] & 4)


def _blocks(name: str, file: Any, errors: type[Exception]) -> Iterator[np.ndarray]:
    with file:
        left = file.frames
        while left > 0:
            try:
                found = file.read(min(_BLOCK, left), dtype="float32", always_2d=True)
            except (errors, RuntimeError) as error:
                raise _unreadable(name, error) from error
            if not len(found):
                raise ConfigError(f"{name} is cut off: record or copy it again.")
            if not np.isfinite(found).all():
                raise ConfigError(f"{name} has samples that are no numbers: record it again.")
            left -= len(found)
            yield found.mean(axis=1)


def _unreadable(name: str, error: Exception) -> ConfigError:
    reason = " ".join(str(error).rpartition(": ")[2].split()).rstrip(".")[:120]
    return ConfigError(
        f"{name} is no sound that can be read ({reason}): give a whole wav, flac, ogg or mp3 file."
    )
