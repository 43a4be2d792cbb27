"""The tagging recipe on a few made-up sentences: run, resumed by the same command, opened again."""

from __future__ import annotations

import subprocess
import sys

import pytest
from recipe_process import ROOT, START

import zoo

SMALL = "--units 8 --embedding-size 6 --filters 3 --layers 1 --batch-tokens 32 --warmup 5"
SMALL += " --average 2 --dropout 0 --recurrent-dropout 0 --learning-rate 0.02 --decay 1"
WORDS = [("the", "DET"), ("a", "DET"), ("dog", "NOUN"), ("cat", "NOUN"), ("runs", "VERB")]


@pytest.fixture
def treebank(tiny_mirror, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    for split, shift in (("train", 0), ("dev", 1), ("test", 2)):
        blocks = []
        for number in range(30):
            chosen = [WORDS[(number * 7 + shift + i * i) % 5] for i in range(1 + number % 6)]
            lines = [
                f"{n}\t{word}\t_\t{tag}" + 6 * "\t_" for n, (word, tag) in enumerate(chosen, 1)
            ]
            blocks.append("\n".join(lines) + "\n\n")
        tiny_mirror.add(f"ud_english_ewt/en_ewt-ud-{split}.conllu", "".join(blocks).encode())


def run(folder, *more):
    recipe = [sys.executable, "-c", START, str(ROOT / "recipes/pos_bilstm.py"), *SMALL.split()]
    where = ["--run", str(folder / "run"), "--out", str(folder / "out.keras")]
    return subprocess.run([*recipe, *where, *more], capture_output=True, text=True)


def test_it_learns_resumes_and_ends_in_a_model(treebank, tmp_path):
    first = run(tmp_path, "--epochs", "12")
    assert first.returncode == 0, first.stderr
    assert "validation accuracy ud/ewt 100.00" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert model.tag("the cat runs") == [("the", "DET"), ("cat", "NOUN"), ("runs", "VERB")]
    assert (model.task, model.languages) == ("pos", ["en"])

    again = run(tmp_path, "--epochs", "12")
    assert again.returncode == 0 and "; 12 epochs and 0 steps are done" in again.stdout
    assert "epoch 1:" not in again.stdout

    other = run(tmp_path, "--epochs", "13")
    assert other.returncode != 0 and "another epochs (12, now 13)" in other.stderr
