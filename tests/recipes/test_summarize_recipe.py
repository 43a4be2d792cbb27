"""The recipe of subject lines on small e-mails: run, resumed by the same command, opened again."""

from __future__ import annotations

import pytest
from recipe_process import run_recipe
from tiny_datasets import add_aeslc, mail

import zoo

SMALL = (
    "--units 16 --embedding-size 8 --decoder-layers 1 --vocabulary-size 60 --pieces 40 --epochs 2 "
    "--warmup 5 --learning-rate 0.01 --dropout 0 --average 1"
)


def test_it_trains_resumes_and_ends_in_a_model(tiny_mirror, tmp_path):
    pytest.importorskip("rouge_score")
    add_aeslc(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("summarize_aeslc", *SMALL.split(), *where)
    assert "epoch 2: validation ROUGE ROUGE-1" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert model.task == "summarize" and model.input.longest == 40
    assert isinstance(model.summarize(mail(0)[0]), str)
    again = run_recipe("summarize_aeslc", *SMALL.split(), *where)
    assert "; 2 epochs and 0 steps are done" in again.stdout
    more = run_recipe(
        *("summarize_aeslc", *SMALL.split(), "--init-from", tmp_path / "out.keras"),
        *("--coverage", 0.5, "--run", tmp_path / "more", "--out", tmp_path / "more.keras"),
    )
    assert "epoch 2: validation ROUGE ROUGE-1" in more.stdout
    found = zoo.load(tmp_path / "more.keras")
    assert found.input.vocabulary_size == model.input.vocabulary_size
    assert found.decoder.coverage_loss == 0.5
