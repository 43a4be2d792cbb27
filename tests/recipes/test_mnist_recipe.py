"""The recipe of digits on bars: run, resumed by the same command, opened again."""

from __future__ import annotations

import numpy as np
from recipe_process import run_recipe
from tiny_datasets import add_mnist

import zoo

SMALL = "--patch 4 --units 3 --coarse-units 6 --width 8 --rows 11 --epochs 6 --warmup 5"
SMALL += " --learning-rate 0.05 --shift 0 --dropout 0 --average 2"


def test_it_learns_resumes_and_ends_in_a_model(tiny_mirror, tmp_path):
    add_mnist(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("mnist_mdlstm", *SMALL.split(), *where)
    assert "epoch 6: validation accuracy mnist" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset) == ("image", "mnist")
    bar = np.zeros((28, 28), "uint8")
    bar[10:12, 6:-6] = 220
    assert model.classify(bar).label == model.classify(255 - bar).label == "3"
    again = run_recipe("mnist_mdlstm", *SMALL.split(), *where)
    assert "; 6 epochs and 0 steps are done" in again.stdout
