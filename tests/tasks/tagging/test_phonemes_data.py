"""Frames and their phones in batches, how they are scored, and an experiment that learns them."""

from __future__ import annotations

import types

import keras
import numpy as np
import pytest

from zoo.data import encode_frames, frame_batches, phones_in, transcribed
from zoo.data.recordings import Recording
from zoo.errors import ConfigError
from zoo.inputs.sound import Sound
from zoo.tasks.tagging.evaluate_phonemes import evaluate_phonemes, phoneme_rows
from zoo.tasks.tagging.phoneme_experiment import PhonemeExperiment
from zoo.tasks.tagging.phoneme_sample import RATE
from zoo.tasks.tagging.phonemes import build_phonemes
from zoo.tasks.tagging.spans import LabelledSpan, LabelledSpans

PITCH = {"_": 0, "A": 400, "i:": 2500}


def spoken(count, seed):
    """Recordings of three to five phones, each a tone, as arrays."""
    rng, found = np.random.default_rng(seed), []
    for number in range(count):
        phones = [*rng.choice(list(PITCH), rng.integers(3, 6))]
        lengths = rng.integers(600, 1500, len(phones))
        pitches = np.repeat([PITCH[phone] for phone in phones], lengths)
        sound = np.sin(2 * np.pi * np.cumsum(pitches) / RATE) / 2
        sound = sound + rng.normal(size=len(sound)) / 500
        ends = (np.cumsum(lengths) / RATE).astype("float32")
        made = (sound.astype("float32"), "", f"number {number}", "nobody", tuple(phones), ends)
        found.append(Recording(*made))
    return found


@pytest.fixture
def splits(monkeypatch):
    found = {"train": spoken(40, 0), "validation": spoken(10, 1), "test": spoken(5, 2)}
    monkeypatch.setattr("zoo.data.read_recordings", lambda name, split: found[split])
    return found


def middles(steps):
    return (np.arange((steps - 400) // 160 + 1) * 160 + 200) / RATE


def test_every_frame_has_the_phone_at_its_middle():
    found = spoken(9, 3)
    labels = phones_in(found)
    encoded = encode_frames(found, Sound(RATE), labels, middles)
    seen = {}
    for inputs, numbers, weights in frame_batches(encoded, batch_steps=12_000, seed=1):
        audio, lengths = inputs["audio"].numpy(), inputs["lengths"].numpy()
        assert numbers.shape == weights.shape == (len(audio), (audio.shape[1] - 400) // 160 + 1)
        for row, length in enumerate(lengths):
            count = int(weights[row].numpy().sum())
            assert count == (len(middles(length)) if length else 0)
            assert weights[row, :count].numpy().all()
            if length:
                phones = [labels[number] for number in numbers[row, :count].numpy()]
                seen[audio[row, :length].tobytes()] = phones
    assert len(seen) == 9
    for one in found:
        expected = [
            next(phone for phone, end in zip(one.phones, one.ends, strict=True) if end > time)
            for time in middles(len(one.sound))
        ]
        assert seen[one.sound.tobytes()] == expected


def test_phones_that_are_no_labels_are_refused():
    found = spoken(3, 3)
    with pytest.raises(ConfigError, match="is none of the labels _, A: name all"):
        encode_frames(found, Sound(RATE), ["_", "A"], middles)
    with pytest.raises(ConfigError, match="'silent' has no times of phones"):
        phones_in([Recording(found[0].sound, "", "silent", "nobody")])


class Told:
    """Says what it is told to."""

    dataset = "tones"

    def __init__(self, answers):
        self.answers = answers

    def tag(self, items):
        return [LabelledSpans(LabelledSpan(*span, 0.5) for span in one) for one in self.answers]


def test_scores_are_those_counted_by_hand(monkeypatch):
    """Middles at 12.5 to 92.5 ms, nine; silence to 30 ms, a vowel to 80 ms, silence to 100 ms."""
    ends = np.array([0.03, 0.05, 0.08, 0.1], "float32")
    one = Recording(np.zeros(1600), "", "one", "nobody", ("_", "A", "A", "_"), ends)
    monkeypatch.setattr("zoo.data.read_recordings", lambda name, split: [one, one])
    # Frames at 12.5, 22.5 and 82.5 on silent, of the others 32.5 to 72.5 vowels: five.
    first = [("_", 0.0075, 0.0375), ("A", 0.0375, 0.0575), ("i:", 0.0575, 0.0775)]
    first += [("_", 0.0775, 0.0975)]  # wrong: 32.5, 62.5, 72.5
    second = [("A", 0.0075, 0.0975)]  # right: the five vowels
    frames, errors = evaluate_phonemes(Told([first, second]))
    assert frames["value"] == pytest.approx(100 * (6 + 5) / 18)
    assert errors["value"] == pytest.approx(100 * (1 + 2) / 6)
    assert frames["signature"].endswith("count:18") and errors["signature"].endswith("count:6")
    assert (frames["direction"], errors["direction"]) == ("higher", "lower")
    assert (frames["dataset"], frames["split"], frames["sentences"]) == ("tones", "test", 2)
    nothing, errors = phoneme_rows(Told([[], []]), "tones", "test")
    assert (nothing["value"], errors["value"]) == (0, 100)
    with pytest.raises(ConfigError, match="name the data sets"):
        evaluate_phonemes(types.SimpleNamespace(name="phonemes", dataset=None))


def test_an_experiment_learns(splits, monkeypatch):
    monkeypatch.setattr(transcribed, "_BUCKETS", 1)
    keras.utils.set_random_seed(0)
    experiment = PhonemeExperiment("tones", 1.0)
    model = build_phonemes(units=16, layers=1, joins=[2], dropout=0.0, **experiment.settings)
    experiment.encode(model)
    before = experiment.score(model)
    model.compile(keras.optimizers.Adam(0.03), experiment.loss, jit_compile=False)
    batches = experiment.batches(0, 0)
    assert experiment.steps == len(batches) == 1
    assert experiment.counted in next(iter(batches))[0]
    model.fit(batches.repeat(40), steps_per_epoch=40, verbose=0)
    assert experiment.score(model) > 70 > before
    rows = evaluate_phonemes(model)
    assert [row["metric"] for row in rows] == ["frame_accuracy", "phone_error_rate"]
    assert rows[1]["value"] < 60
