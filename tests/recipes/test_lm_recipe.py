"""The recipes of language models on a made-up text: run, resumed by the same command, opened."""

from __future__ import annotations

import pytest
from recipe_process import run_recipe

import zoo
from zoo.errors import ConfigError
from zoo.tasks.language_modelling.evaluate import evaluate_language_model

SMALL = "--units 16 --embedding-size 8 --layers 1 --rows 4 --time 16 --warmup 5 --average 2"
SMALL += " --dropout 0 --output-dropout 0 --input-dropout 0 --weight-dropout 0 --decay 1"
SMALL += " --learning-rate 0.02"
WORDS = "--top-units 8 --token-dropout 0 --time 4"


@pytest.fixture
def texts(tiny_mirror):
    tiny_mirror.add("tiny_shakespeare/input.txt", b"To be, or not.\n" * 200)
    for split in ("train", "valid", "test"):
        tiny_mirror.add(f"ptb/ptb.{split}.txt", b" to be or <unk> N \n" * 100)


@pytest.mark.parametrize(
    "recipe, more, dataset, good",
    [
        ("lm_char", "", "tiny_shakespeare", 0.2),
        ("lm_word_ptb", WORDS, "ptb", 1.3),
    ],
)
def test_it_learns_resumes_and_ends_in_a_model(texts, tmp_path, recipe, more, dataset, good):
    def run(epochs, *last):
        where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
        settings = [*SMALL.split(), *more.split(), "--epochs", epochs]
        return run_recipe(recipe, *where, *settings, *last)

    run("4")
    model = zoo.load(tmp_path / "out.keras")
    assert evaluate_language_model(model)[0]["value"] < good
    assert (model.task, model.dataset) == ("lm", dataset)

    again = run("4")
    assert "; 4 epochs and 0 steps are done" in again.stdout
    assert "epoch 1:" not in again.stdout

    with pytest.raises(ConfigError, match=r"another seed \(1, now 2\)"):
        run("4", "--seed", "2")
    with pytest.raises(ConfigError, match="mixes with the weights of --init-from: give both"):
        run("4", "--mix-start", "0.5")
    with pytest.raises(ConfigError, match=r"parts above 0 and below 1, not \[1.0\]"):
        run("4", "--mix-start", "1")

    # Another run from these weights, at a rate of almost nothing and with rough products, ends
    # as good, in a file whose products are exact.
    start = ("--init-from", tmp_path / "out.keras", "--learning-rate", "1e-9")
    rough = ("--precision", "mixed_bfloat16", "--mix-start", "0.5")
    said = run("1", "--run", tmp_path / "more", *start, *rough).stdout
    assert "0.5 of it the start: validation " in said
    model = zoo.load(tmp_path / "out.keras")
    assert evaluate_language_model(model)[0]["value"] < good
    assert model.embedding.compute_dtype == model.recurrence.compute_dtype == "float32"

    if recipe == "lm_word_ptb":  # by samples, from its first bias on, in fewer words than it knows
        run("4", "--run", tmp_path / "sampled", "--negatives", "3")
        assert evaluate_language_model(zoo.load(tmp_path / "out.keras"))[0]["value"] < good
        with pytest.raises(ConfigError, match="reads its own outputs, and the model"):
            run("1", "--run", tmp_path / "own", "--negatives", "3", "--sampling", "model")
