"""The recipe of several languages on a few made-up sentences."""

from __future__ import annotations

from recipe_process import run_recipe

import zoo

SMALL = "--data multi30k/en-fr,multi30k/en-de,multi30k/en-de --units 8 --embedding-size 6"
SMALL += " --batch-tokens 256 --warmup 5 --vocabulary-size 120 --average 2 --epochs 2"
SMALL += " --encoder-layers 1 --decoder-layers 1"


def test_a_model_of_three_languages(tiny_mirror, tmp_path):
    out = tmp_path / "multi.keras"
    printed = run_recipe("nmt_multi", *SMALL.split(), "--run", tmp_path / "run", "--out", out)
    assert "epoch 2: validation BLEU multi30k/en-fr" in printed.stdout
    model = zoo.load(out)
    assert model.targets == ("de", "en", "fr") and model.task == "nmt"
    assert model.source_tokenizer.pieces([4, 5, 6]) == ["<2de>", "<2en>", "<2fr>"]
    assert isinstance(model.translate("A man runs on the beach.", target="de"), str)
