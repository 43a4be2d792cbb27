"""The recipe of phonemes on sentences of one tone: run, resumed by the same command, opened."""

from __future__ import annotations

import pytest
from recipe_process import run_recipe
from tiny_datasets import add_arctic

import zoo

SMALL = "--units 8 --layers 1 --joins 2 --batch-tokens 20000 --epochs 2 --warmup 2 --average 1"


@pytest.mark.parametrize("hearing", [(), ("--causal",), ("--single-frames",)])
def test_it_learns_resumes_and_ends_in_a_model(tiny_mirror, tmp_path, hearing):
    pytest.importorskip("soundfile")
    add_arctic(tiny_mirror)
    where = [*hearing, "--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("phoneme_arctic", *SMALL.split(), *where, "--strengths", "0.1,0.5")
    assert "epoch 2: validation frames right arctic" in first.stdout
    assert "strength 0.5: frames right" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset, model.labels) == ("phonemes", "arctic", ["EI", "_"])
    assert model.crf is not None and model.encoder.reduction == (
        1 if "--single-frames" in hearing else 2
    )
    if not hearing:
        again = run_recipe("phoneme_arctic", *SMALL.split(), *where, "--strengths", "0.1,0.5")
        assert "; 2 epochs and 0 steps are done" in again.stdout
