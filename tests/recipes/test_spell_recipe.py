"""The recipe of spelling on the few words of a tiny mirror: run, resumed, opened again."""

from __future__ import annotations

import subprocess
import sys

from recipe_process import ROOT, START
from tiny_datasets import add_imdb

import zoo
from zoo.data.damaged_words import split_of
from zoo.evaluation_of_spelling import read_words

SMALL = "--units 32 --embedding-size 8 --batch-tokens 64 --warmup 10 --average 2 --dropout 0"
SMALL += " --learning-rate 0.01 --epochs 2"
MORE = " ".join(
    a + b for a in ("open", "cook", "load", "clean", "turn") for b in ("s", "ed", "er", "ing")
)


def test_it_runs_resumes_and_ends_in_a_model(tiny_mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    add_imdb(tiny_mirror, MORE)
    recipe = [sys.executable, "-c", START, str(ROOT / "recipes/spell_char_en.py"), *SMALL.split()]
    where = ["--run", str(tmp_path / "run"), "--out", str(tmp_path / "out.keras")]
    first = subprocess.run([*recipe, *where], capture_output=True, text=True)
    assert first.returncode == 0, first.stderr
    model = zoo.load(tmp_path / "out.keras")
    words = read_words()
    assert model.task == "spell" and model.lexicon.words == list(words)
    assert all(split_of(word) == "validation" for word in ("opened", "cooks", "loading"))
    assert "epoch 2: validation per cent of exact repair" in first.stdout
    assert set(model.repair(["openex", "turnxxx"])) <= set(words)

    again = subprocess.run([*recipe, *where], capture_output=True, text=True)
    assert again.returncode == 0 and "; 2 epochs and 0 steps are done" in again.stdout
    bare = ["--run", str(tmp_path / "bare"), "--out", str(tmp_path / "bare.keras")]
    free = subprocess.run(
        [*recipe, *bare, "--free", "--epochs", "1"], capture_output=True, text=True
    )
    assert free.returncode == 0 and zoo.load(tmp_path / "bare.keras").lexicon is None
