"""The sentiment recipe on a few made-up trees: run, resumed by the same command, opened again."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import pytest
from recipe_process import ROOT, START

import zoo

SMALL = "--units 8 --embedding-size 6 --batch-tokens 32 --warmup 5 --average 2 --dropout 0"
SMALL += " --word-dropout 0 --learning-rate 0.02 --decay 1"
THINGS = ("film", "plot", "cast", "music")
KINDS = (("dull", 1), ("thin", 0), ("warm", 3), ("funny", 4))


@pytest.fixture
def treebank(tiny_mirror, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    trees = [f"({n} (2 a) ({n} ({n} {k}) (2 {t})))" for t in THINGS for k, n in KINDS]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        for split in ("train", "dev", "test"):
            out.writestr(f"trees/{split}.txt", "\n".join(trees))
    tiny_mirror.add("sst/trainDevTestTrees_PTB.zip", content.getvalue())


def run(folder, *more):
    recipe = [sys.executable, "-c", START, str(ROOT / "recipes/sentiment_bilstm.py")]
    where = ["--run", str(folder / "run"), "--out", str(folder / "out.keras")]
    return subprocess.run([*recipe, *SMALL.split(), *where, *more], capture_output=True, text=True)


@pytest.mark.parametrize(
    ("task", "label"), [("sentiment", "positive"), ("rating", "very positive")]
)
def test_it_learns_resumes_and_ends_in_a_model(treebank, tmp_path, task, label):
    first = run(tmp_path, "--epochs", "10", "--task", task)
    assert first.returncode == 0, first.stderr
    assert "validation accuracy 100.00" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert model.task == task and model.classify("a funny plot").label == label

    again = run(tmp_path, "--epochs", "10", "--task", task)
    assert again.returncode == 0 and "; 10 epochs and 0 steps are done" in again.stdout
    other = run(tmp_path, "--epochs", "11", "--task", task)
    assert other.returncode != 0 and "another epochs (10, now 11)" in other.stderr
