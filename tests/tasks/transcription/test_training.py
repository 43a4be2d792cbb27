"""Batches of recordings, and an experiment that learns from them, on a data set of a few tones."""

from __future__ import annotations

import sys
import types
from typing import NamedTuple

import keras
import numpy as np
import pytest

import zoo
from zoo.backend.compiled import jit_compile
from zoo.data import transcribed
from zoo.data.transcribed import encode_recordings, transcription_batches, transcription_steps
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, Series
from zoo.tasks.transcription.asr import build_asr
from zoo.tasks.transcription.evaluate import evaluate_transcription
from zoo.tasks.transcription.experiment import ListeningExperiment, TranscriptionExperiment

SIZE = 4


class Recording(NamedTuple):
    sound: np.ndarray
    text: str


def recordings(count, seed):
    """Texts of three letters, each a feature that is high for a few frames."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(count):
        text = "".join(rng.choice([*"abc"], rng.integers(1, 5)))
        places = np.concatenate(
            [np.repeat([0, "abc".index(one) + 1], rng.integers(2, 5, 2)) for one in text]
        )
        sound = np.eye(SIZE)[places] + 0.2 * rng.normal(size=(len(places), SIZE))
        found.append(Recording(sound.astype("float32"), text))
    return found


@pytest.fixture
def tones(monkeypatch):
    splits = {"train": recordings(60, 0), "validation": recordings(20, 1), "test": recordings(9, 2)}
    splits["test_clean"] = recordings(5, 3)
    module = types.SimpleNamespace(read_recordings=lambda name, split: splits[split])
    monkeypatch.setitem(sys.modules, "zoo.data.recordings", module)
    monkeypatch.setattr("zoo.data.loading.reported_splits", lambda name: ["test", "test_clean"])
    return splits


def encoded(found):
    sounds, texts = [one.sound for one in found], [one.text for one in found]
    return encode_recordings(sounds, texts, Series([*"wxyz"]), CharacterTokenizer("abc"))


def test_batches_hold_every_recording_once():
    found = recordings(23, 3)
    arrays = encoded(found)
    seen = []
    batches = list(transcription_batches(arrays, batch_steps=60, rows_multiple=2, seed=1, epoch=2))
    assert len(batches) == transcription_steps(arrays, batch_steps=60, rows_multiple=2) > 3
    for inputs, labels, weights in batches:
        series, lengths, labels, weights = (
            x.numpy() for x in (inputs["series"], inputs["lengths"], labels, weights)
        )
        assert len(series) % 2 == 0
        for row, length in enumerate(lengths):
            assert not series[row, length:].any()
            assert (weights[row] == 1) == (length > 0) and weights[row] in (0, 1)
            if length:
                text = CharacterTokenizer("abc").decode(labels[row][labels[row] > 0])
                seen.append((text, series[row, :length].tobytes()))
            else:
                assert not labels[row].any()
    assert sorted(seen) == sorted((one.text, one.sound.tobytes()) for one in found)


def test_changes_are_drawn_anew_every_epoch_and_resumed_alike():
    arrays = encoded(recordings(10, 4))

    def noisy(values, rng):
        return values + rng.normal(size=values.shape)

    def epoch(number, start=0):
        how = {"change": noisy, "seed": 1, "epoch": number, "start": start}
        batches = transcription_batches(arrays, batch_steps=60, **how)
        return [inputs["series"].numpy() for inputs, _, _ in batches]

    first = epoch(0)
    for one, other in zip(first[1:], epoch(0, 1), strict=True):
        np.testing.assert_array_equal(one, other)
    sums = [sorted(np.abs(x).sum() for x in epoch(number)) for number in (0, 1)]
    assert not np.isclose(sums[0][0], sums[1][0])
    assert all(not x[0, (x[0] == 0).all(-1)].any() for x in first)


def test_texts_that_cannot_be_written_are_refused():
    with pytest.raises(ConfigError, match="does not know 'd' of 'ad'"):
        encoded([Recording(np.zeros((3, SIZE)), "ad")])
    with pytest.raises(ConfigError, match="a text each"):
        encode_recordings([], [], None, None)


def test_an_experiment_wants_frames(tones):
    tones["train"][:] = [one._replace(sound=b"RIFF") for one in tones["train"]]
    with pytest.raises(ConfigError, match="tones has sound: take a recipe"):
        TranscriptionExperiment("tones", 1.0)


def test_an_experiment_learns(tones, monkeypatch):
    monkeypatch.setattr(transcribed, "_BUCKETS", 1)
    experiment = TranscriptionExperiment("tones", 1.0)
    keras.utils.set_random_seed(0)
    model = build_asr(units=16, layers=1, dropout=0.0, **experiment.settings)
    experiment.encode(model)
    before = experiment.score(model)
    model.compile(keras.optimizers.Adam(0.03), experiment.loss, jit_compile=jit_compile())
    assert experiment.steps == 1 and experiment.counted in next(iter(experiment.batches(0, 0)))[0]
    model.fit(experiment.batches(0, 0).repeat(60), steps_per_epoch=60, verbose=0)
    assert experiment.score(model) < 20 < before
    rows = evaluate_transcription(model)
    assert [(row["split"], row["metric"], row["sentences"]) for row in rows] == [
        ("test", "wer", 9),
        ("test", "cer", 9),
        ("test_clean", "wer", 5),
        ("test_clean", "cer", 5),
    ]
    said = [model.transcribe(one.sound) for one in tones["test"]]
    wrong = sum(text != one.text for text, one in zip(said, tones["test"], strict=True))
    assert rows[0]["value"] == pytest.approx(100 * wrong / 9) and rows[0]["sentences"] == 9
    assert rows[1]["signature"].endswith(f"count:{sum(len(one.text) for one in tones['test'])}")
    model.dataset = None
    with pytest.raises(ConfigError, match="name the data sets"):
        evaluate_transcription(model)


def test_an_experiment_with_a_decoder_learns(tones, monkeypatch):
    monkeypatch.setattr(transcribed, "_BUCKETS", 1)
    experiment = ListeningExperiment("tones", 1.0)
    keras.utils.set_random_seed(0)
    sizes = dict(units=16, layers=1, decoder_units=16, embedding_size=8, attention_units=8)
    none = dict(dropout=0.0, decoder_dropout=0.0)
    model = zoo.build("las", **sizes, **none, **experiment.settings)
    experiment.encode(model)
    before = experiment.score(model)
    model.compile(keras.optimizers.Adam(0.03), experiment.loss, jit_compile=jit_compile())
    inputs, labels, weights = next(iter(experiment.batches(0, 0)))
    assert experiment.steps == 1 and inputs["target"].shape == labels.shape == weights.shape
    model.fit(experiment.batches(0, 0).repeat(150), steps_per_epoch=150, verbose=0)
    assert experiment.score(model) < 0.5 * before
