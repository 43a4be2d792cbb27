"""The recipe of spelling on the few words of a tiny mirror: run, resumed, opened again."""

from __future__ import annotations

from recipe_process import run_recipe
from tiny_datasets import add_imdb

import zoo
from zoo.data.damaged_words import split_of
from zoo.tasks.sequence_to_sequence.evaluate_spelling import read_words

SMALL = "--units 32 --embedding-size 8 --batch-tokens 64 --warmup 10 --average 2 --dropout 0"
SMALL += " --learning-rate 0.01 --epochs 2"
MORE = " ".join(
    a + b for a in ("open", "cook", "load", "clean", "turn") for b in ("s", "ed", "er", "ing")
)


def test_it_runs_resumes_and_ends_in_a_model(tiny_mirror, tmp_path):
    add_imdb(tiny_mirror, MORE + " Paris Clara" * 5)

    def run(name, *more):
        where = ["--run", tmp_path / name, "--out", tmp_path / f"{name}.keras"]
        return run_recipe("spell_char_en", *SMALL.split(), *where, *more)

    first = run("out")
    model = zoo.load(tmp_path / "out.keras")
    found = read_words()
    words = list(found.words)
    assert model.task == "spell" and model.lexicon.words == words
    assert "Paris" not in words and model.names.words == list(found.names) == ["clara", "paris"]
    assert model.repair("Paris Clara paris") == "Paris Clara paris"
    assert all(split_of(word) == "validation" for word in ("opened", "cooks", "loading"))
    assert "epoch 2: validation per cent of damaged words" in first.stdout
    assert set(model.repair(["openex", "turnxxx"])) <= set(words)

    assert "; 2 epochs and 0 steps are done" in run("out").stdout
    run("bare", "--free", "--epochs", "1", "--init-from", tmp_path / "out.keras")
    bare = zoo.load(tmp_path / "bare.keras")
    assert bare.lexicon is None and bare.names is None
    assert bare.source_tokenizer.encode(["paris"]) == model.source_tokenizer.encode(["paris"])
