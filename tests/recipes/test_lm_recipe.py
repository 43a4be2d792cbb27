"""The recipe for characters on a made-up text: run, resumed by the same command, opened again."""

from __future__ import annotations

import subprocess
import sys

import pytest
from recipe_process import ROOT, START

import zoo
from zoo.evaluation_of_text import evaluate_language_model

SMALL = "--units 16 --embedding-size 8 --layers 1 --rows 4 --time 16 --warmup 5 --average 2"
SMALL += " --dropout 0 --output-dropout 0 --input-dropout 0 --weight-dropout 0 --decay 1"
SMALL += " --learning-rate 0.02"


@pytest.fixture
def plays(tiny_mirror, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    tiny_mirror.add("tiny_shakespeare/input.txt", b"To be, or not.\n" * 200)


def run(folder, *more):
    recipe = [sys.executable, "-c", START, str(ROOT / "recipes/lm_char_shakespeare.py")]
    where = ["--run", str(folder / "run"), "--out", str(folder / "out.keras")]
    return subprocess.run([*recipe, *SMALL.split(), *where, *more], capture_output=True, text=True)


def test_it_learns_resumes_and_ends_in_a_model(plays, tmp_path):
    first = run(tmp_path, "--epochs", "4")
    assert first.returncode == 0, first.stderr
    model = zoo.load(tmp_path / "out.keras")
    nats, _ = evaluate_language_model(model)
    assert nats["value"] < 0.2
    assert (model.task, model.dataset) == ("lm", "tiny_shakespeare")

    again = run(tmp_path, "--epochs", "4")
    assert again.returncode == 0 and "; 4 epochs and 0 steps are done" in again.stdout
    assert "epoch 1:" not in again.stdout

    other = run(tmp_path, "--epochs", "5")
    assert other.returncode != 0 and "another epochs (4, now 5)" in other.stderr
