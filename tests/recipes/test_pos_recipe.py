"""The tagging recipe on a few made-up sentences: run, resumed by the same command, opened again."""

from __future__ import annotations

import subprocess
import sys

import pytest
from recipe_process import ROOT, START, require_cell
from tiny_datasets import add_ud

import zoo
from zoo.saving import read_origin

SMALL = "--units 8 --embedding-size 6 --filters 3 --layers 1 --batch-tokens 32 --warmup 5"
SMALL += (
    " --average 2 --dropout 0 --recurrent-dropout 0 --learning-rate 0.02 --decay 1 --cell indrnn"
)


@pytest.fixture
def treebank(tiny_mirror, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    add_ud(tiny_mirror)


def run(folder, *more):
    recipe = [sys.executable, "-c", START, str(ROOT / "recipes/pos_bilstm.py"), *SMALL.split()]
    where = ["--run", str(folder / "run"), "--out", str(folder / "out.keras")]
    return subprocess.run([*recipe, *where, *more], capture_output=True, text=True)


def test_it_learns_resumes_and_ends_in_a_model(treebank, tmp_path):
    require_cell("indrnn")  # a plugin's, as any other
    first = run(tmp_path, "--epochs", "12")
    assert first.returncode == 0, first.stderr
    assert "validation accuracy ud/ewt 100.00" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert model.tag("the café runs") == [("the", "DET"), ("café", "NOUN"), ("runs", "VERB")]
    assert (model.task, model.languages) == ("pos", ["en"])
    (needed,) = read_origin(tmp_path / "out.keras")["plugins"]
    assert needed["name"] == "zoo-indrnn" and needed["version"]

    again = run(tmp_path, "--epochs", "12")
    assert again.returncode == 0 and "; 12 epochs and 0 steps are done" in again.stdout
    assert "epoch 1:" not in again.stdout

    other = run(tmp_path, "--epochs", "13")
    assert other.returncode != 0 and "another epochs (12, now 13)" in other.stderr
