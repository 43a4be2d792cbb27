"""The recipe of music on scales: run, resumed by the same command, opened again."""

from __future__ import annotations

from recipe_process import run_recipe
from tiny_datasets import add_jsb_chorales

import zoo

SMALL = "--units 24 --batch-tokens 96 --epochs 12 --warmup 5 --learning-rate 0.03 --dropout 0"
SMALL += " --transpose 1 --average 2"


def test_it_learns_resumes_and_ends_in_a_model(tiny_mirror, tmp_path):
    add_jsb_chorales(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("music_jsb", *SMALL.split(), *where)
    assert "epoch 12: validation NLL jsb_chorales" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset) == ("music", "jsb_chorales")
    known, strange = model.chord_nats(["C3 G3 C4 E4, D3 A3 D4 F#4", "C1 C#1 C8, D1 C7"])
    assert known.sum() < strange.sum()
    again = run_recipe("music_jsb", *SMALL.split(), *where)
    assert "; 12 epochs and 0 steps are done" in again.stdout
