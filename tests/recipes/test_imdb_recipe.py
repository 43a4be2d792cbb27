"""The recipe of IMDB on the few reviews of a tiny mirror: words, labels, then more of both."""

from __future__ import annotations

import shutil
import subprocess
import sys

from recipe_process import ROOT, START
from tiny_datasets import add_imdb

import zoo

SMALL = "--units 8 --embedding-size 6 --rows 2 --time 4 --negatives 6 --batch-tokens 64 --warmup 5"
SMALL += " --average 2 --dropout 0 --word-dropout 0 --learning-rate 0.02 --word-epochs 1"


def test_it_learns_goes_on_and_ends_in_a_model(tiny_mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    add_imdb(tiny_mirror)
    recipe = [sys.executable, "-c", START, str(ROOT / "recipes/sentiment_bilstm_imdb.py")]

    def run(name, *more):
        where = ["--run", str(tmp_path / name), "--out", str(tmp_path / f"{name}.keras")]
        return subprocess.run(
            [*recipe, *SMALL.split(), *where, *more], capture_output=True, text=True
        )

    first = run("run", "--epochs", "3", "--adversarial", "0.1")
    assert first.returncode == 0, first.stderr
    assert "nats of a sampled softmax held-out words" in first.stdout
    assert "epoch 3: validation accuracy imdb" in first.stdout
    model = zoo.load(tmp_path / "run.keras")
    assert model.task == "sentiment" and "film" in model.tokenizer.words

    # Labels learnt after fewer words stay what they are; without them, the words go on.
    more = ("--epochs", "3", "--word-epochs", "2")
    refused = run("run", *more)
    assert refused.returncode != 0 and "word_epochs (1, now 2): take another" in refused.stderr
    assert "validation" not in refused.stdout
    shutil.rmtree(tmp_path / "run/labels")
    again = run("run", *more)
    assert again.returncode == 0, again.stderr
    assert "epoch 2: validation nats" in again.stdout
    assert "epoch 1: validation nats" not in again.stdout
    assert "epoch 1: validation accuracy" in again.stdout
