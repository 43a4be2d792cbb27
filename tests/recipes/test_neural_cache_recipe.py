"""The recipe of a neural cache on a made-up text full of words that only its end has."""

from __future__ import annotations

import pytest
from recipe_process import run_recipe
from small_lm import small_lm

import zoo
from zoo.inputs import CharacterTokenizer

FEW = ("--size", "5,40", "--theta", "0.5", "--lambda", "0.1,0.6")


@pytest.mark.parametrize("dataset", ["tiny_shakespeare", "ptb", None])
def test_it_finds_what_fits_the_text_it_may_choose_by(tiny_mirror, tmp_path, dataset):
    seen, names = "the dog ran. " * 120, "Zyx, qwv; " * 12
    tiny_mirror.add("tiny_shakespeare/input.txt", (seen + names + seen[:156]).encode())
    for split in ("train", "valid", "test"):
        tiny_mirror.add(f"ptb/ptb.{split}.txt", (names if split == "valid" else seen).encode())
    own = tmp_path / "own.txt"
    own.write_text(names)
    model = small_lm(tokenizer=CharacterTokenizer(sorted(set(seen + names))), dataset=dataset)
    zoo.save(model, tmp_path / "lm.keras")

    where = ["--out", tmp_path / "out.keras", *FEW]
    where += [] if dataset else ["--text", own]
    printed = run_recipe("neural_cache", tmp_path / "lm.keras", *where).stdout
    assert printed.count("nats a token") == 1 + 2 + 0 + 1
    found = zoo.load(tmp_path / "out.keras")
    assert found.cache.get_config()["size"] == 40 and found.cache.lambda_ == 0.6
    assert found.dataset == dataset
    assert found.score(names).perplexity < 0.5 * model.score(names).perplexity
