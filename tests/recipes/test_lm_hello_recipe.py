"""The textbook's model: it writes hello from h, and NumPy computes the same."""

from __future__ import annotations

import subprocess
import sys

from recipe_process import ROOT

import zoo
from zoo.evaluation_of_text import evaluate_language_model


def test_it_writes_hello(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    recipe = [sys.executable, str(ROOT / "recipes/lm_char_hello.py")]
    done = subprocess.run(
        [*recipe, "--steps", "200", "--out", str(tmp_path / "hello.keras")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "NumPy writes 'hello', the model writes 'hello'" in done.stdout
    model = zoo.load(tmp_path / "hello.keras")
    assert model.generate("h", 4, temperature=0) == "hello"
    assert evaluate_language_model(model)[0]["value"] < 0.1
