"""Sound through a pipe: wav files of any width that say no length, and raw samples."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from zoo.errors import ConfigError
from zoo.inputs.sound_pipe import pipe_blocks

RATE = 8000
TONE = (0.4 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype("float32")
WHOLE = (TONE * 32767).astype("<i2")


class Pipe(io.RawIOBase):
    """Bytes that can be read once, forwards."""

    def __init__(self, content):
        self._content = io.BytesIO(content)

    def readable(self):
        return True

    def read(self, size=-1):
        return self._content.read(size)


def wav(content, width, channels=1, rate=RATE):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(content)
    return file.getvalue()


def read(content, rate=RATE, raw_rate=RATE):
    return list(pipe_blocks(Pipe(content), rate, raw_rate))


def test_raw_samples_come_a_tenth_of_a_second_at_a_time():
    pieces = read(WHOLE.tobytes() + b"\x01")  # the last one was cut
    assert [len(one) for one in pieces] == [800] * 10
    np.testing.assert_allclose(np.concatenate(pieces), TONE, atol=1e-4)
    assert all(one.dtype == np.float32 for one in pieces)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_every_width(width):
    half = 1 << (8 * width - 1)
    whole = np.round(TONE.astype("float64") * (half - 1)).astype("int64")
    if width == 1:
        content = (whole + 128).astype("u1").tobytes()
    else:
        content = b"".join(int(one).to_bytes(width, "little", signed=True) for one in whole)
    found = np.concatenate(read(wav(content, width)))
    np.testing.assert_allclose(found, TONE, atol=2 / half + 1e-6)


def test_channels_are_mixed_and_the_length_may_be_any():
    both = np.stack([WHOLE, WHOLE // 2], axis=1).astype("<i2")
    content = bytearray(wav(both.tobytes(), 2, channels=2))
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"  # as a recorder into a pipe writes
    found = np.concatenate(read(bytes(content)))
    np.testing.assert_allclose(found, TONE * 0.75, atol=1e-4)


def test_another_rate():
    pytest.importorskip("soxr")
    found = np.concatenate(read(WHOLE.tobytes(), rate=4000, raw_rate=8000))
    expected = 0.4 * np.sin(2 * np.pi * 440 * np.arange(4000) / 4000)
    assert len(found) == 4000
    np.testing.assert_allclose(found[100:-100], expected[100:-100], atol=2e-3)


def test_nothing_is_nothing():
    assert read(b"") == [] and read(b"\x01") == []


@pytest.mark.parametrize("content", [b"RIFF", b"RIFFabcdWAVExxxx", wav(b"\0\0", 2)[:30]])
def test_what_is_no_wav_file(content):
    with pytest.raises(ConfigError, match="Standard input is no wav file of whole numbers .+: sen"):
        read(content)
