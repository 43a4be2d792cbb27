"""The recipe of listening again on two made-up utterances: run, resumed, begun from a model."""

from __future__ import annotations

import numpy as np
from recipe_process import run_recipe
from tiny_datasets import add_an4

import zoo
from zoo.data import read_recordings

SIZES = "--units 24 --joins 1 --decoder-units 16 --batch-tokens 160 --speeds 1 --masks 0 --bands 0"
RATES = "--warmup 5 --decay 0.3 --learning-rate 0.02 --moving-average 0 --average 2 --smoothing 0"
NO_DROPOUT = "--dropout 0 --recurrent-dropout 0 --decoder-dropout 0"
SMALL = f"{SIZES} {RATES} {NO_DROPOUT}".split()


def test_it_learns_resumes_and_ends_in_a_model(tiny_mirror, tmp_path):
    add_an4(tiny_mirror)
    where = ["--epochs", "30", "--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("asr_an4_attn", *SMALL, *where)
    assert "epoch 30: validation WER an4 0.00" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset, model.time_a_step) == ("las", "an4", 1)
    tests = read_recordings("an4", "test")  # of speakers who were never heard
    assert model.transcribe([one.sound for one in tests]) == ["YES", "A B C THREE"]
    again = run_recipe("asr_an4_attn", *SMALL, *where)
    assert "; 30 epochs and 0 steps are done" in again.stdout

    where = ["--epochs", "1", "--run", tmp_path / "more", "--out", tmp_path / "more.keras"]
    still = ["--init-from", tmp_path / "out.keras", "--learning-rate", "0"]
    run_recipe("asr_an4_attn", *SMALL, *where, *still)
    begun = zoo.load(tmp_path / "more.keras")
    for part in ("encoder", "head"):
        pairs = zip(getattr(begun, part).weights, getattr(model, part).weights, strict=True)
        assert all(np.array_equal(one, other) for one, other in pairs)
    assert not np.array_equal(begun.decoder.weights[0], model.decoder.weights[0])
