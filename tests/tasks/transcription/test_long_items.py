"""What is too long to be read at once: the text of the whole, or of parts cut at pauses."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from small_transcriber import small_transcriber

from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, Sound
from zoo.layers import FrameNormalization, LogMel, SpecAugment

RATE = 1000


def listener(is_causal=True, is_running=True, seed=0, letters=" abc"):
    """A transcriber of sound with random weights: 25 samples a frame, 10 from one to the next."""
    scale = keras.layers.Normalization(mean=np.full(6, -3.0), variance=np.full(6, 2.0))
    front = [LogMel(RATE, mel_bins=6), scale, FrameNormalization(is_running), SpecAugment(seed=1)]
    parts = dict(input=Sound(RATE), target_tokenizer=CharacterTokenizer(letters), front=front)
    return small_transcriber(seed, is_causal=is_causal, **parts)


def wave(seconds, seed=0):
    """Tones of about a fifth of a second, with pauses."""
    rng = np.random.default_rng(seed)
    parts = []
    while sum(map(len, parts)) < seconds * RATE:
        time = np.arange(rng.integers(100, 300)) / RATE
        parts += [np.sin(2 * np.pi * rng.uniform(30, 450) * time), np.zeros(rng.integers(0, 90))]
    samples = np.concatenate(parts)[: round(seconds * RATE)]
    return (0.3 * samples + 0.01 * rng.normal(size=len(samples))).astype("float32")


@pytest.fixture(scope="module")
def causal():
    return listener()


def whole(model, item, **how):
    """What a model gives that reads all at once."""
    before, model.most_steps = model.most_steps, None
    try:
        return model.transcribe(item, **how)
    finally:
        model.most_steps = before


@pytest.mark.parametrize("milliseconds, beam_size", [(10, 1), (33, 4), (1000, 4)])
def test_a_stream_of_sound_gives_the_text_of_the_whole(causal, milliseconds, beam_size):
    item = wave(1.5)
    stream = causal.stream(beam_size=beam_size)
    pieces = [item[at : at + milliseconds] for at in range(0, len(item), milliseconds)]
    said = [stream.push(piece) for piece in pieces]
    text = stream.end()
    assert all(text.startswith(one) for one in said)
    expected = causal.transcribe(item, beam_size=beam_size, return_times=True)
    assert text == expected.text and len(text) > 5
    assert stream.score == pytest.approx(expected.score, rel=1e-4)
    assert stream.log_prob == pytest.approx(expected.log_prob, rel=1e-4)


def test_a_causal_model_hears_of_a_long_recording_what_it_hears_of_the_whole(causal, tmp_path):
    soundfile = pytest.importorskip("soundfile")
    item, other = wave(12), wave(3, seed=1)
    soundfile.write(tmp_path / "long.wav", item, RATE, subtype="FLOAT")
    expected = whole(causal, [item, other])
    causal.most_steps = 4000
    try:
        assert causal.transcribe([item, other]) == expected
        assert causal.transcribe(tmp_path / "long.wav") == expected[0]
        assert causal.transcribe(item, beam_size=1) == whole(causal, item, beam_size=1)
    finally:
        causal.most_steps = 16_384 * 10


@pytest.mark.parametrize("letters, between", [(" abc", " "), ("abcd", "")])
def test_other_models_read_parts_that_are_cut_at_pauses(letters, between):
    model, item = listener(is_causal=False, is_running=False, letters=letters), wave(6)
    model.most_steps = 1600
    parts = list(model.input.cut([item], 1600))
    assert len(parts) > 3
    greedy = dict(beam_size=1, return_times=True)
    alone = [model.transcribe(part, **greedy) for part in parts]
    found = model.transcribe(item, **greedy)
    assert found.text == between.join(one.text for one in alone if one.text)
    assert found.text == "".join(span.text for span in found.characters)
    assert found.score == pytest.approx(sum(one.score for one in alone))
    begins = np.cumsum([0, *map(len, parts[:-1])]) / RATE
    expected = [
        (span.text, pytest.approx(span.begin + begin), pytest.approx(span.end + begin))
        for one, begin in zip(alone, begins, strict=True)
        for span in one.characters
    ]
    joints = {sum(len(one.text) + len(between) for one in alone[:n]) - 1 for n in range(1, 99)}
    spans = [span for n, span in enumerate(found.characters) if not between or n not in joints]
    assert spans == expected


def test_one_text_is_given_of_what_is_long(causal):
    model = listener(is_causal=False)
    model.most_steps = 1000
    with pytest.raises(ConfigError, match="leave out n_best"):
        model.transcribe(wave(2), n_best=2)
    assert len(model.transcribe(wave(0.9), n_best=2)) == 2
    with pytest.raises(ConfigError, match="reads backwards"):
        model.stream()
    with pytest.raises(ConfigError, match="cannot read in pieces"):
        listener(is_running=False).stream()


def test_silence_is_read_whatever_its_length(causal):
    for count in (0, 1, 24, 25, 700):
        silence, item = np.zeros(count, "float32"), wave(1)
        alone = causal.transcribe(silence)
        assert [alone, causal.transcribe(item)] == causal.transcribe([silence, item])
        assert count >= 25 or alone == ""


def test_arrays_of_another_rate(causal):
    pytest.importorskip("soxr")
    item = wave(1.5)
    expected = causal.transcribe((item, 1500))
    assert causal.transcribe(item, rate=1500) == expected != causal.transcribe(item)
    assert causal.transcribe([item, (item, RATE)], rate=1500) == [expected, causal.transcribe(item)]
    with pytest.raises(ConfigError, match=r"rate=... is of arrays of sound, and the"):
        small_transcriber().transcribe(np.zeros((5, 3)), rate=8000)
