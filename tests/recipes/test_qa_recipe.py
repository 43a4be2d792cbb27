"""The recipe of questions on small stories: run, resumed by the same command, opened again."""

from __future__ import annotations

from recipe_process import run_recipe
from tiny_datasets import add_babi

import zoo

SMALL = "--units 8 --rows 32 --epochs 12 --warmup 5 --learning-rate 0.02 --dropout 0 --average 2"


def test_it_learns_resumes_and_ends_in_a_model(tiny_mirror, tmp_path):
    add_babi(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("qa_babi", *SMALL.split(), *where)
    assert "epoch 12: validation accuracy babi" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset) == ("qa", "babi")
    story = "Mary went to the office. John moved to the garden. Mary took the milk."
    assert model.answer(["Where is Mary?", "Where is John?"], story) == ["office", "garden"]
    again = run_recipe("qa_babi", *SMALL.split(), *where)
    assert "; 12 epochs and 0 steps are done" in again.stdout
