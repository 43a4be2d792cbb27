"""The sentiment recipe on a few made-up trees: run, resumed by the same command, opened again."""

from __future__ import annotations

import subprocess
import sys

import pytest
from recipe_process import ROOT, START, require_cell
from tiny_datasets import add_sst

import zoo

SMALL = "--units 8 --embedding-size 6 --batch-tokens 32 --warmup 5 --average 2 --dropout 0"
SMALL += " --word-dropout 0 --learning-rate 0.02 --decay 1"


@pytest.fixture
def treebank(tiny_mirror, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    add_sst(tiny_mirror)


def run(folder, *more):
    recipe = [sys.executable, "-c", START, str(ROOT / "recipes/sentiment_bilstm.py")]
    where = ["--run", str(folder / "run"), "--out", str(folder / "out.keras")]
    return subprocess.run([*recipe, *SMALL.split(), *where, *more], capture_output=True, text=True)


@pytest.mark.parametrize(
    ("task", "label", "cell"),
    [("sentiment", "positive", "lstm"), ("rating", "very positive", "indrnn")],
)
def test_it_learns_resumes_and_ends_in_a_model(treebank, tmp_path, task, label, cell):
    require_cell(cell)
    first = run(tmp_path, "--epochs", "10", "--task", task, "--cell", cell)
    assert first.returncode == 0, first.stderr
    assert "validation accuracy sst/" in first.stdout and " 100.00" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert model.task == task and model.classify("a funny plot").label == label

    again = run(tmp_path, "--epochs", "10", "--task", task, "--cell", cell)
    assert again.returncode == 0 and "; 10 epochs and 0 steps are done" in again.stdout
    other = run(tmp_path, "--epochs", "11", "--task", task, "--cell", cell)
    assert other.returncode != 0 and "another epochs (10, now 11)" in other.stderr
