"""Strings of words: what is said in them, when, how loud it is, and batches drawn anew."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from zoo.data import coloured_noise, spoken_string, string_batches, voices_of
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer

RATE = 8000


def tone(number, seconds=0.1):
    """A word is a tone of its own."""
    time = np.arange(round(seconds * RATE)) / RATE
    return (0.5 * np.sin(2 * np.pi * 500 * (number + 1) * time)).astype("float32")


# The digits of a are 0 to 2, those of b are 3 and 4, and longer.
VOICES = {
    "a": [(tone(number), str(number)) for number in range(3)],
    "b": [(tone(number, 0.2), str(number)) for number in range(3, 5)],
}


def strings(count, seed=0, **how):
    rng = np.random.default_rng(seed)
    return [spoken_string(VOICES, rng, rate=RATE, **how) for _ in range(count)]


def test_words_and_pauses_are_where_they_are_said_to_be():
    for one in strings(20, words=3, pauses=(0.05, 0.3), loudness=(0, 0)):
        assert one.phones[::2] == ("_",) * 4 and "".join(one.phones[1::2]) == one.text
        ends = np.rint(one.ends * RATE).astype(int)
        assert ends[-1] == len(one.samples)
        for phone, begin, end in zip(one.phones, [0, *ends], ends, strict=False):
            part = one.samples[begin:end]
            if phone == "_":
                assert not part.any() and 0.05 <= len(part) / RATE <= 0.301
            else:
                expected = tone(int(phone), 0.1 + 0.1 * (phone in "34"))
                np.testing.assert_allclose(part, expected * 0.2 * np.sqrt(2), atol=1e-3)


def test_one_speaks_unless_strings_are_mixed():
    alone, mixed = (strings(60, words=4, mixed=share) for share in (0.0, 1.0))
    voices = [{*one.text} <= {*"012"} or {*one.text} <= {*"34"} for one in alone]
    assert all(voices) and len({one.text for one in alone}) > 30
    assert sum(bool({*one.text} & {*"012"}) & bool({*one.text} & {*"34"}) for one in mixed) > 30


def test_noise_goes_through_pauses_too_and_lies_below_the_words():
    noise = coloured_noise(40_000, np.random.default_rng(1), 0)
    how = dict(words=5, pauses=(0.2, 0.6), loudness=(-20, -20), decibels=(20, 20), noises=[noise])
    for one, quiet in zip(strings(5, **how), strings(5, **how | {"decibels": None}), strict=True):
        assert quiet.samples.max() <= 0.0142  # of a tone whose root mean square is 0.01
        if one.text == quiet.text:  # the first: then more has been drawn for one than the other
            added = (one.samples - quiet.samples).astype("float64")
            assert np.sqrt(np.square(added).mean()) == pytest.approx(0.001, rel=0.05)
            pause = one.samples[: round(one.ends[0] * RATE)]
            assert pause.std() == pytest.approx(0.001, rel=0.1)
    assert one.samples.dtype == np.float32


def test_loudness_long_pauses_and_what_is_too_loud():
    loud = strings(40, words=1, loudness=(30, 30))
    assert {np.abs(one.samples).max() for one in loud} == {1.0}
    levels = [np.abs(one.samples).max() for one in strings(200, words=1, loudness=(-20, 0))]
    assert min(levels) < 0.02 and 0.13 < max(levels) <= 0.1415
    ends = np.array([one.ends[0] for one in strings(300, words=1, long_pauses=0.5)])
    assert 0.3 < (ends > 0.6).mean() < 0.5 and ends.max() > 2  # those under 0.12 stay under 0.6


def test_a_string_without_words_is_a_pause_or_noise():
    for one in strings(20, words=0, pauses=(0, 0.2)):
        assert one.text == "" and one.phones == ("_",) and not one.samples.any()
        assert 0.2 <= len(one.samples) / RATE <= 2.0 and round(one.ends[0] * RATE) == len(
            one.samples
        )
    noises = [coloured_noise(1 << 14, np.random.default_rng(1), 0)]
    for one in strings(20, words=0, decibels=(20, 20), loudness=(0, 0), noises=noises):
        assert one.samples.std() == pytest.approx(0.01, rel=0.05)


def test_voices_are_read_at_each_speed():
    pytest.importorskip("soxr")
    pytest.importorskip("soundfile")
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((tone(1) * 32767).astype("<i2").tobytes())
    found = voices_of([("b", tone(0), "0"), ("a", content.getvalue(), "1")], RATE, (1.0, 2.0))
    assert {name: [text for _, text in said] for name, said in found.items()} == {
        "a": ["1", "1"],
        "b": ["0", "0"],
    }
    np.testing.assert_allclose(found["a"][0][0], tone(1), atol=1e-4)
    assert [len(samples) for samples, _ in found["b"]] == [800, 400]


def batches(**how):
    noises = [coloured_noise(1 << 14, np.random.default_rng(1))]
    how = {"rate": RATE, "steps": 10, "rows": 4, "seed": 3, "noises": noises, **how}
    found = string_batches(VOICES, CharacterTokenizer("01234"), **how)
    return [({k: v.numpy() for k, v in inputs.items()}, ids.numpy()) for inputs, ids in found]


def test_batches_are_drawn_anew_every_epoch_and_resumed_alike():
    first, other = batches(), batches(epoch=1)
    assert len(first) == len(other) == 10
    assert len({tuple(inputs["lengths"]) for inputs, _ in first}) == 10
    for start in (1, 8, 10):
        rest = batches(start=start)
        assert len(rest) == 10 - start
        for (inputs, ids), (same, same_ids) in zip(first[start:], rest, strict=True):
            np.testing.assert_array_equal(inputs["audio"], same["audio"])
            np.testing.assert_array_equal(ids, same_ids)
    lengths = [{tuple(inputs["lengths"]) for inputs, _ in some} for some in (first, other)]
    assert not lengths[0] & lengths[1]


def test_rows_of_a_batch_are_about_as_long_and_filled_up():
    tokenizer, counts = CharacterTokenizer("01234"), []
    read = padding = 0
    for inputs, ids in batches(steps=40, empty=0.2, clean=1.0, most_words=5):
        audio, lengths = inputs["audio"], inputs["lengths"]
        assert audio.shape == (4, lengths.max()) and audio.dtype == np.float32
        read, padding = read + audio.size, padding + audio.size - lengths.sum()
        for row, length, said in zip(audio, lengths, ids, strict=True):
            assert not row[length:].any()
            text = tokenizer.decode(said[said > 0])
            assert bool(text) == row.any() and (said[len(text) :] == 0).all()
            counts.append(len(text))
    assert padding < 0.2 * read
    assert {*counts} == {0, 1, 2, 3, 4, 5} and 0.1 < counts.count(0) / len(counts) < 0.3


def test_nonsense_is_refused():
    for how in ({"words": -1}, {"words": 1, "pauses": (0.5, 0.1)}):
        with pytest.raises(ConfigError, match="at least 0 words"):
            strings(1, **how)
    for voices in ({}, {"a": []}):
        with pytest.raises(ConfigError, match="give each voice one or more"):
            spoken_string(voices, np.random.default_rng(0), rate=RATE, words=1)
    with pytest.raises(ConfigError, match="cannot start at 11"):
        batches(start=11)
