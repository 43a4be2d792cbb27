"""The recipe of spoken digits on tones: run, resumed by the same command, opened again."""

from __future__ import annotations

import pytest
from recipe_process import run_recipe
from tiny_datasets import add_fsdd

import zoo
from zoo.data import read_recordings

pytest.importorskip("soxr")
SMALL = "--units 8 --layers 1 --rows 4 --steps 3 --epochs 1 --speeds 1 --average 1"


def test_it_trains_resumes_and_ends_in_a_model(tiny_mirror, tmp_path):
    add_fsdd(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("asr_digits", *SMALL.split(), *where)
    assert "epoch 1: validation digit error rate digit_strings" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset, model.encoder.reduction) == ("asr", "digit_strings", 3)
    recordings = read_recordings("digit_strings", "train")
    said = model.transcribe([recordings[0].sound, recordings[1].sound])
    assert all(set(text) <= set("0123456789") for text in said)
    assert isinstance(model.stream().end(), str)
    again = run_recipe("asr_digits", *SMALL.split(), *where)
    assert "; 1 epochs and 0 steps are done" in again.stdout
