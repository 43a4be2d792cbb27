"""The recipe of letters on sentences of one tone: from a tagger's encoder, resumed, opened."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from recipe_process import run_recipe
from tiny_datasets import add_arctic

import zoo
from zoo.inputs import Sound
from zoo.tasks.transcription.evaluate import transcription_rows

SMALL = "--units 8 --layers 1 --joins 2 --epochs 2 --batch-tokens 20000 --warmup 2 --average 1"


def test_it_begins_with_an_encoder_resumes_and_ends_in_a_model(tiny_mirror, tmp_path):
    pytest.importorskip("soundfile")
    add_arctic(tiny_mirror)
    keras.utils.set_random_seed(3)
    parts = dict(
        input=Sound(16000), labels=["_", "EI"], front=[zoo.layers.LogMel(16000, mel_bins=40)]
    )
    tagger = zoo.build("phonemes", units=8, layers=1, joins=[2], **parts)
    zoo.save(tagger, tmp_path / "tagger.keras")
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras", "--speeds", "1,1.1"]
    where += ["--init-from", tmp_path / "tagger.keras"]
    first = run_recipe("asr_arctic", *SMALL.split(), *where, "--learning-rate", "1e-9")
    assert "epoch 2: validation CER arctic" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    for mine, its in zip(model.encoder.get_weights(), tagger.encoder.get_weights(), strict=True):
        np.testing.assert_allclose(mine, its, atol=0.02 * np.abs(its).max())  # in few bits
    assert "," not in model.target_tokenizer.characters
    assert "a" in model.target_tokenizer.characters and "A" not in model.target_tokenizer.characters
    again = run_recipe("asr_arctic", *SMALL.split(), *where, "--learning-rate", "1e-9")
    assert "; 2 epochs and 0 steps are done" in again.stdout
    where = ["--run", tmp_path / "more", "--out", tmp_path / "more.keras", "--seed", "2"]
    where += ["--init-from", tmp_path / "out.keras"]
    run_recipe("asr_arctic", *SMALL.split(), *where, "--learning-rate", "1e-9")
    more = zoo.load(tmp_path / "more.keras")
    for mine, its in zip(more.get_weights(), model.get_weights(), strict=True):  # the head's too
        np.testing.assert_allclose(mine, its, atol=0.02 * max(np.abs(its).max(), 1e-6))


def test_written_texts_are_scored_as_they_are_heard(tiny_mirror):
    pytest.importorskip("soundfile")
    add_arctic(tiny_mirror)

    class Said:
        def transcribe(self, sounds):
            return ["A 3 Times!"] * len(sounds)

    words, letters = transcription_rows(Said(), "arctic", "test")
    numbers = [one.text.split()[1] for one in zoo.data.read_recordings("arctic", "test")]
    wrong = sum(number != "3" for number in numbers)
    assert words["value"] == pytest.approx(100 * wrong / (3 * len(numbers)))
    assert words["signature"].startswith("words:small letters, no punctuation|count:")
    assert 0 < letters["value"] < words["value"]
