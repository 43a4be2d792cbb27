"""The tagging recipe on a few made-up sentences: run, resumed by the same command, opened again."""

from __future__ import annotations

import keras
import pytest
from recipe_process import require_cell, run_recipe
from tiny_datasets import add_imdb, add_ud

import zoo
from zoo.errors import ConfigError
from zoo.saving import read_origin

SMALL = "--units 8 --embedding-size 6 --filters 3 --layers 1 --batch-tokens 32 --warmup 5"
SMALL += " --average 2 --dropout 0 --recurrent-dropout 0 --learning-rate 0.02 --schedule plateau"
SMALL += " --plateau 6 --cell indrnn"


@pytest.fixture
def treebank(tiny_mirror):
    add_ud(tiny_mirror)


def run(folder, *more):
    where = ["--run", folder / "run", "--out", folder / "out.keras"]
    return run_recipe("pos_bilstm", *SMALL.split(), *where, *more)


def test_it_learns_resumes_and_ends_in_a_model(treebank, tmp_path):
    require_cell("indrnn")  # a plugin's, as any other
    first = run(tmp_path, "--epochs", "12", "--tensorboard", "--tensorboard-every", "8")
    assert "validation accuracy ud/ewt 100.00" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert model.tag("the café runs") == [("the", "DET"), ("café", "NOUN"), ("runs", "VERB")]
    assert (model.task, model.languages) == ("pos", ["en"])
    (needed,) = read_origin(tmp_path / "out.keras")["plugins"]
    assert needed["name"] == "zoo-indrnn" and needed["version"]

    names = [line[:12].rstrip() for line in first.stdout.splitlines()]
    told = ["trained on", "epochs", "time", "best score", "weights", "run", "saved", "next"]
    assert names[-8:] == told
    assert first.stdout.endswith(f"next        zoo evaluate {tmp_path / 'out.keras'}\n")
    curves = list((tmp_path / "run/tensorboard/over_time").glob("step-*/events.*"))
    assert len(curves) > 1 and list((tmp_path / "run/tensorboard/train").glob("events.*"))

    again = run(tmp_path, "--epochs", "12")
    assert "; 12 epochs and 0 steps are done" in again.stdout
    assert "epoch 1:" not in again.stdout

    with pytest.raises(ConfigError, match=r"another seed \(1, now 2\)"):
        run(tmp_path, "--epochs", "12", "--seed", "2")


def test_words_of_other_texts_are_predicted_first(tiny_mirror, treebank, tmp_path):
    add_imdb(tiny_mirror)
    first = ("--word-epochs", "1", "--texts", "imdb", "--rows", "2", "--time", "4")
    first += ("--negatives", "6", "--layers", "2", "--cell", "gru")
    first += ("--word-rate", "0.1", "--learning-rate", "0")
    found = run(tmp_path, *first, "--epochs", "4").stdout
    assert found.index("nats of a sampled softmax held-out words") < found.index("accuracy ud/ewt")
    model = zoo.load(tmp_path / "out.keras")
    assert {"café", "film"} <= set(model.tokenizer.words)
    vectors = keras.ops.convert_to_numpy(model.features.embedding.embeddings)
    assert abs(vectors).max() > 0.1  # they begin below 0.05, and labels moved nothing
    again = run(tmp_path, *first, "--epochs", "5").stdout
    assert "epoch 1: validation nats" not in again and "epoch 5: validation accuracy" in again
    with pytest.raises(ConfigError, match=r"texts \(imdb, now imdb:unlabelled\)"):
        run(tmp_path, *first, "--texts", "imdb:unlabelled", "--epochs", "5")

    out = tmp_path / "out.keras"
    taught = ("--teacher", f"{out},{out}", "--texts", "imdb", "--taught", "2", "--epochs", "1")
    said = run(tmp_path, "--run", tmp_path / "taught", *taught).stdout
    assert said.count(f"{out}: 2 of 2 labelled") == 2
