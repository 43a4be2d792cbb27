"""The textbook's model: it writes hello from h, and NumPy computes the same."""

from __future__ import annotations

from recipe_process import run_recipe

import zoo
from zoo.tasks.language_modelling.evaluate import evaluate_language_model


def test_it_writes_hello(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    done = run_recipe("lm_char_hello", "--steps", "200", "--out", tmp_path / "hello.keras")
    assert "NumPy writes 'hello', the model writes 'hello'" in done.stdout
    model = zoo.load(tmp_path / "hello.keras")
    assert model.generate("h", 4, temperature=0) == "hello"
    assert evaluate_language_model(model)[0]["value"] < 0.1
