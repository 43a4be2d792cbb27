"""The recipe of IMDB on the few reviews of a tiny mirror: words, labels, then more of both."""

from __future__ import annotations

import shutil

import pytest
from recipe_process import run_recipe
from tiny_datasets import add_imdb

import zoo
from zoo.data import read_labelled
from zoo.errors import ConfigError

SMALL = "--units 8 --embedding-size 6 --rows 2 --time 4 --negatives 6 --batch-tokens 64 --warmup 5"
SMALL += " --average 2 --dropout 0 --word-dropout 0 --learning-rate 0.02 --word-epochs 1"


def test_it_learns_goes_on_and_ends_in_a_model(tiny_mirror, tmp_path):
    add_imdb(tiny_mirror)

    def run(name, *more):
        where = ["--run", tmp_path / name, "--out", tmp_path / f"{name}.keras"]
        return run_recipe("sentiment_bilstm_imdb", *SMALL.split(), *where, *more)

    rough = ("--precision", "mixed_bfloat16")
    first = run("run", "--epochs", "3", "--adversarial", "0.1", *rough)
    assert "nats of a sampled softmax held-out words" in first.stdout
    assert "epoch 3: validation accuracy imdb" in first.stdout
    model = zoo.load(tmp_path / "run.keras")
    assert model.task == "sentiment" and "film" in model.tokenizer.words
    assert model.recurrence.compute_dtype == "float32"
    assert "n-grams have scores; logits x" in first.stdout and model.ngrams is not None

    # Labels learnt after fewer words stay what they are; without them, the words go on.
    more = ("--epochs", "3", "--word-epochs", "2", *rough)
    words = tmp_path / "run/words/log.jsonl"
    before = words.read_text()
    with pytest.raises(ConfigError, match=r"word_epochs \(1, now 2\): take another"):
        run("run", *more)
    assert words.read_text() == before  # refused before anything was trained
    shutil.rmtree(tmp_path / "run/labels")
    again = run("run", *more)
    assert "epoch 2: validation nats" in again.stdout
    assert "epoch 1: validation nats" not in again.stdout
    assert "epoch 1: validation accuracy" in again.stdout

    # Taught by what it has become, and from its weights: the unlabelled reviews are learnt too.
    file = str(tmp_path / "run.keras")
    taught = run("taught", "--init-from", file, "--teacher", file, "--epochs", "1").stdout
    labelled, unlabelled = (len(read_labelled("imdb", s)) for s in ("train", "unlabelled"))
    assert f"{unlabelled} of {unlabelled} labelled" in taught
    assert f", {labelled + unlabelled} examples" in taught
    assert "nats of a sampled softmax" not in taught
    assert zoo.load(tmp_path / "taught.keras").tokenizer.words == model.tokenizer.words
