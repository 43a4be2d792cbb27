"""The sentiment recipe on a few made-up trees: run, resumed by the same command, opened again."""

from __future__ import annotations

import pytest
from recipe_process import require_cell, run_recipe
from tiny_datasets import add_sst

import zoo
from zoo.errors import ConfigError

SMALL = "--units 8 --embedding-size 6 --batch-tokens 32 --warmup 5 --average 2 --dropout 0"
SMALL += " --word-dropout 0 --learning-rate 0.02 --decay 1"


@pytest.fixture
def treebank(tiny_mirror):
    add_sst(tiny_mirror)


def run(folder, *more):
    where = ["--run", folder / "run", "--out", folder / "out.keras"]
    return run_recipe("sentiment_bilstm", *SMALL.split(), *where, *more)


@pytest.mark.parametrize(
    ("task", "label", "cell", "more"),
    [
        ("sentiment", "positive", "lstm", ["--ngrams", "2"]),
        ("rating", "very positive", "indrnn", []),
    ],
)
def test_it_learns_resumes_and_ends_in_a_model(treebank, tmp_path, task, label, cell, more):
    require_cell(cell)
    first = run(tmp_path, "--epochs", "10", "--task", task, "--cell", cell, *more)
    assert "validation accuracy sst/" in first.stdout and " 100.00" in first.stdout
    assert ("n-grams have scores; logits x" in first.stdout) == bool(more)
    model = zoo.load(tmp_path / "out.keras")
    assert (model.ngrams is not None) == bool(more)
    assert model.task == task and model.classify("a funny plot").label == label

    again = run(tmp_path, "--epochs", "10", "--task", task, "--cell", cell)
    assert "; 10 epochs and 0 steps are done" in again.stdout
    with pytest.raises(ConfigError, match=r"another seed \(1, now 2\)"):
        run(tmp_path, "--epochs", "10", "--seed", "2", "--task", task, "--cell", cell)
