"""The recipe of spelled and spoken words on two made-up ones: run, resumed, opened again."""

from __future__ import annotations

from recipe_process import run_recipe
from tiny_datasets import add_an4

import zoo
from zoo.data import read_recordings

SMALL = "--units 24 --layers 1 --joins 1 --epochs 16 --batch-tokens 160 --warmup 5 --decay 0.3"
SMALL += " --learning-rate 0.02 --dropout 0 --recurrent-dropout 0 --average 2 --speeds 1 --masks 0"


def test_it_learns_resumes_and_ends_in_a_model(tiny_mirror, tmp_path):
    add_an4(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("asr_an4_ctc", *SMALL.split(), *where)
    assert "epoch 16: validation WER an4 0.00" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset, model.time_a_step) == ("asr", "an4", 1)
    tests = read_recordings("an4", "test")  # of speakers who were never heard
    assert model.transcribe([one.sound for one in tests]) == ["YES", "A B C THREE"]
    again = run_recipe("asr_an4_ctc", *SMALL.split(), *where)
    assert "; 16 epochs and 0 steps are done" in again.stdout
