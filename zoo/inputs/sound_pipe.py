"""Sound that comes through a pipe, from a microphone or another program, as samples at one rate."""

from __future__ import annotations

import struct
import wave
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

import numpy as np

from zoo.errors import ConfigError
from zoo.inputs.sound_files import sound_rate_changed

_SECONDS = 0.1  # of sound in a piece
_WIDTHS = {1: "u1", 2: "<i2", 4: "<i4"}  # bytes of a sample


def pipe_blocks(stream: BinaryIO, rate: int, raw_rate: int) -> Iterator[np.ndarray]:
    """The samples of a stream, a piece every tenth of a second.

    Args:
        stream: a wav file of whole numbers, which need not say how long it is, or raw samples of
            one channel, 16 bits, low byte first, as `arecord -t raw -f S16_LE` writes them.
        rate: samples a second that are wanted.
        raw_rate: those of raw samples.

    Yields:
        float32 `[samples]`, the mean of all channels.

    Raises:
        ConfigError: if a wav file is none, or has samples that are no whole numbers.
    """
    first = stream.read(4)
    if first == b"RIFF":
        read, own_rate = _wav(_Joined(first, stream))
    else:
        read, own_rate = _raw(_Joined(first, stream), raw_rate), raw_rate
    yield from sound_rate_changed(_pieces(read, int(own_rate * _SECONDS)), own_rate, rate)


class _Joined:
    """A stream of which the first bytes were read already."""

    def __init__(self, first: bytes, stream: BinaryIO):
        self._first, self._stream = first, stream

    def read(self, size: int) -> bytes:
        taken, self._first = self._first[:size], self._first[size:]
        return taken + (self._stream.read(size - len(taken)) if len(taken) < size else b"")


Read = Callable[[int], "np.ndarray | None"]


def _pieces(read: Read, count: int) -> Iterator[np.ndarray]:
    """What is read until there is no more."""
    while (piece := read(max(count, 1))) is not None:
        yield piece


def _raw(stream: _Joined, rate: int) -> Read:
    def read(count: int) -> np.ndarray | None:
        found = stream.read(2 * count)
        whole = np.frombuffer(found[: len(found) // 2 * 2], "<i2")
        return whole.astype("float32") / 32768 if len(whole) else None

    return read


def _wav(stream: _Joined) -> tuple[Read, int]:
    try:
        file = wave.open(cast("BinaryIO", stream), "rb")
    except (wave.Error, EOFError, struct.error) as error:
        reason = " ".join(str(error).split()) or "it ends too early"
        raise ConfigError(
            f"Standard input is no wav file of whole numbers ({reason}): send raw 16-bit samples "
            "or another file."
        ) from error
    channels, width = file.getnchannels(), file.getsampwidth()

    def read(count: int) -> np.ndarray | None:
        found = file.readframes(count)
        size = channels * width
        values = _whole_numbers(found[: len(found) // size * size], width)
        return values.reshape(-1, channels).mean(axis=1).astype("float32") if len(values) else None

    return read, file.getframerate()


def _whole_numbers(content: bytes, width: int) -> np.ndarray:
    """Samples of so many bytes each, from -1 to 1."""
    if width == 3:  # NumPy has none such: a zero byte below makes it one of four
        padded = np.zeros((len(content) // 3, 4), "u1")
        padded[:, 1:] = np.frombuffer(content, "u1").reshape(-1, 3)
        content, width = padded.tobytes(), 4
    values = np.frombuffer(content, _WIDTHS[width]).astype("float64")
    half = 1 << (8 * width - 1)
    return (values - half) / half if width == 1 else values / half
