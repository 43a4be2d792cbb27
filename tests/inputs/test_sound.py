"""Recordings of every kind become samples at one rate, and what is none is refused."""

from __future__ import annotations

import io
import sys
import wave

import keras
import numpy as np
import pytest

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import Sound
from zoo.inputs.sound_files import read_sound

soundfile = pytest.importorskip("soundfile")
pytest.importorskip("soxr")
RATE = 8000
TIME = np.arange(RATE) / RATE
TONE = (0.4 * np.sin(2 * np.pi * 440 * TIME)).astype("float32")


def saved(samples=TONE, rate=RATE, kind="WAV", subtype=None) -> bytes:
    content = io.BytesIO()
    soundfile.write(content, samples, rate, format=kind, subtype=subtype)
    return content.getvalue()


def wav(bits: int, samples=TONE, rate=RATE) -> bytes:
    """A wav file by the standard library, whose samples of 8 bits have no sign."""
    whole = np.round(samples.astype("float64") * (2 ** (bits - 1) - 1)).astype("int64")
    if bits == 8:
        packed = (whole + 128).astype("uint8").tobytes()
    else:
        packed = b"".join(int(one).to_bytes(bits // 8, "little", signed=True) for one in whole)
    content = io.BytesIO()
    with wave.open(content, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(bits // 8)
        out.setframerate(rate)
        out.writeframes(packed)
    return content.getvalue()


def tone(rate: int, seconds: float = 1.0, hertz: float = 440) -> np.ndarray:
    steps = np.arange(int(rate * seconds)) / rate
    return (0.4 * np.sin(2 * np.pi * hertz * steps)).astype("float32")


@pytest.mark.parametrize("bits, tolerance", [(8, 0.02), (16, 1e-4), (24, 1e-6), (32, 1e-6)])
def test_every_width_of_samples(bits, tolerance):
    np.testing.assert_allclose(read_sound(wav(bits), RATE), TONE, atol=tolerance)


@pytest.mark.parametrize(
    "kind, tolerance", [("WAV", 1e-4), ("FLAC", 1e-4), ("AIFF", 1e-4), ("OGG", 0.05), ("MP3", 0.1)]
)
def test_every_kind_of_file(kind, tolerance, tmp_path):
    path = tmp_path / "a.sound"
    path.write_bytes(saved(kind=kind))
    for item in (path, str(path), path.read_bytes(), bytearray(path.read_bytes())):
        found = read_sound(item, RATE)
        assert found.dtype == np.float32 and found.ndim == 1
        np.testing.assert_allclose(found[:RATE], TONE[: len(found)], atol=tolerance)


def test_an_array_is_taken_at_the_models_rate_or_at_its_own():
    np.testing.assert_array_equal(read_sound(TONE, RATE), TONE)
    np.testing.assert_array_equal(read_sound((TONE, RATE), RATE), TONE)
    found = read_sound((tone(16000), 16000), RATE)
    assert len(found) == RATE
    np.testing.assert_allclose(found[200:-200], TONE[200:-200], atol=2e-3)


@pytest.mark.parametrize("rate", [96000, 44100, 11025, 8000, 6000])
def test_any_rate_becomes_the_models(rate):
    found = read_sound(saved(tone(rate), rate, subtype="FLOAT"), RATE)
    assert abs(len(found) - RATE) <= 2
    np.testing.assert_allclose(found[200:7800], TONE[200:7800], atol=2e-3)


def test_what_the_models_rate_cannot_hold_is_gone():
    found = read_sound((tone(48000, hertz=7000), 48000), RATE)
    assert np.abs(found[200:-200]).max() < 1e-3  # and no tone of 1,000 Hz in its place


def test_channels_are_mixed_to_their_mean():
    both = np.stack([TONE, np.zeros_like(TONE)], axis=1)
    for item in (saved(both), both, (both, RATE)):
        np.testing.assert_allclose(read_sound(item, RATE), TONE / 2, atol=1e-4)


@pytest.mark.parametrize("dtype", ["int16", "int32", "uint8", "float64"])
def test_arrays_of_whole_numbers_are_scaled_as_files_are(dtype):
    array = {
        "int16": np.array([0, 16384, -32768], "int16"),
        "int32": np.array([0, 1 << 30, -(1 << 31)], "int32"),
        "uint8": np.array([128, 192, 0], "uint8"),
        "float64": np.array([0, 0.5, -1]),
    }[dtype]
    np.testing.assert_array_equal(read_sound(array, RATE), np.array([0, 0.5, -1], "float32"))


def test_a_long_file_is_read_in_pieces(monkeypatch):
    monkeypatch.setattr("zoo.inputs.sound_files._BLOCK", 1000)
    long = saved(tone(16000, 3), 16000, kind="FLAC")
    pieces = list(Sound(RATE).blocks(long))
    assert len(pieces) > 40 and max(map(len, pieces)) < 2000
    joined = np.concatenate(pieces)
    assert abs(len(joined) - 3 * RATE) <= 2
    np.testing.assert_allclose(joined[200:7800], TONE[200:7800], atol=2e-3)


def broken(tmp_path):
    """What is no recording, and what the sentence about it says."""
    noise = np.random.default_rng(0).normal(size=RATE) / 10
    ogg = saved(np.tile(noise, 9), kind="OGG")
    return {
        "empty": (b"", "is empty"),
        "text": (b"Please transcribe me. " * 50, "is no sound that can be read"),
        "zeros": (bytes(1000), "is no sound that can be read"),
        "header": (wav(16)[:40], "is no sound that can be read"),
        "no_samples": (wav(16, TONE[:0]), "has no sound in it"),
        "cut": (wav(16)[:9000], "is cut off"),
        "cut_24": (wav(24)[:9000], "is cut off"),
        "cut_flac": (saved(noise, kind="FLAC")[:8000], "is no sound that can be read|is cut off"),
        "cut_ogg": (ogg[: len(ogg) // 2], "is cut off"),
        "little_ogg": (ogg[:3500], "has no sound in it"),
        "nan": (saved(np.full(50, np.nan), subtype="FLOAT"), "samples that are no numbers"),
    }


@pytest.mark.parametrize("which", broken(None))
def test_what_is_no_recording_is_refused_by_name(which, tmp_path):
    content, message = broken(tmp_path)[which]
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    for item, name in ((path, "broken.wav"), (content, f"A file of {len(content):,} bytes")):
        with pytest.raises(ConfigError, match=message) as refused:
            Sound(RATE).prepare([TONE, item])
        sentence = str(refused.value)
        assert name in sentence and sentence.endswith(".") and "\n" not in sentence


def test_a_recorder_that_wrote_into_a_pipe_knew_no_size():
    content = bytearray(wav(16))
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    np.testing.assert_allclose(read_sound(bytes(content), RATE), TONE, atol=1e-4)


def test_a_folder_and_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="is a folder"):
        Sound().prepare([tmp_path])
    for ask in (lambda: Sound.read("no/such.wav"), lambda: Sound().prepare(["no/such.wav"])):
        with pytest.raises(MissingFileError, match="no/such.wav"):
            ask()
    assert Sound.read(str(tmp_path)) == tmp_path  # prepare says what is wrong with it


@pytest.mark.parametrize(
    "item, message",
    [
        (np.zeros((2, 2, 2), "float32"), "not float32 \\[2, 2, 2\\]"),
        (np.zeros(4, "complex64"), "not complex64"),
        (np.zeros((2, 8000), "float32"), "transposed"),
        (np.array([0, np.inf], "float32"), "no number at sample 1"),
        ((TONE, 16), "16 samples a second"),
        ((TONE, -8000), "-8000 samples a second"),
    ],
)
def test_arrays_that_are_no_recordings(item, message):
    with pytest.raises(ConfigError, match=message):
        read_sound(item, RATE)


def test_items_and_lists_of_items():
    sound = Sound(RATE)
    for item in (TONE, (TONE, 8000), (TONE, 8000.0), "a.wav", b"RIFF"):
        assert sound.is_item(item)
    for other in ([TONE], (TONE, TONE), (TONE,), 8000, None, ("a.wav", "b.wav")):
        assert not sound.is_item(other)
    with pytest.raises(ConfigError, match="transcribe wants a recording or a list of recordings"):
        sound.check("transcribe", [TONE, 7])
    with pytest.raises(ConfigError, match="rate above 0"):
        Sound(0)


def test_without_the_libraries(monkeypatch):
    monkeypatch.setitem(sys.modules, "soundfile", None)
    monkeypatch.setitem(sys.modules, "soxr", None)
    np.testing.assert_array_equal(read_sound(TONE, RATE), TONE)
    for item, name in ((wav(16), "soundfile"), ((TONE, 16000), "soxr")):
        with pytest.raises(ConfigError, match=rf"needs {name}: install it with .*\[audio\]"):
            read_sound(item, RATE)


def test_prepared_arrays_and_their_mask():
    sound = Sound(RATE)
    prepared = sound.prepare(sound.samples)
    lengths = [int(item["lengths"]) for item in prepared]
    assert lengths == [4000, 8000, 0] == [len(item["audio"]) for item in prepared]
    raw = sound.raw_of(sound.samples)
    mask = keras.ops.convert_to_numpy(sound.mask({k: np.array(v) for k, v in raw.items()}))
    assert mask.sum(axis=1).tolist() == lengths
    again = Sound.from_config(sound.get_config())
    assert again.meaning() == {"rate": RATE}


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="graphs are TensorFlow's")
def test_the_graph_sees_the_same_samples():
    import tensorflow as tf

    sound = Sound(RATE)
    raw = {name: np.array(values) for name, values in sound.raw_of(sound.samples).items()}
    raw["audio"] = np.where(np.arange(8000) < raw["lengths"][:, None], raw["audio"], 9)
    found = sound.in_graph({name: tf.constant(x) for name, x in raw.items()})
    for row, prepared in zip(found["audio"].numpy(), sound.prepare(sound.samples), strict=True):
        np.testing.assert_array_equal(row[: len(prepared["audio"])], prepared["audio"])
        assert not row[len(prepared["audio"]) :].any()
