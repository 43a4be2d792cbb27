"""The recipe of long dependence: what it asks for, and a run of seconds."""

from __future__ import annotations

import random
import re

from recipe_process import run_recipe

from zoo.experiments.long_dependence import CLOSING, LETTERS, OPENING, agreement


def test_an_agreement_is_of_the_first_brackets_at_their_distance():
    pairs = [a + b for a, b in zip(OPENING, CLOSING, strict=True)]
    assert set(pairs) == {"()", "[]", "{}", "<>", "«»", "‹›", "⟨⟩", "⌈⌉"}
    rng, others, kinds = random.Random(0), 0, set()
    for distance in [2, 3, 4, 5, 6, 30] * 40:
        deep = rng.choice([1, 3])
        text = agreement(rng, distance, deep)
        assert len(text) == distance + 2 * deep - 1 and text[-deep - 1] == "?"
        assert all(text[n] + text[-n - 1] in pairs for n in range(deep))
        kinds.add(text[0])
        between = text[deep : -deep - 1]
        for a, b in pairs:
            between, count = re.subn(f"{re.escape(a)}[a-h]{re.escape(b)}", "", between)
            others += count
        assert set(between) <= set(LETTERS)
    assert others > 40 and len(kinds) == 8


def test_it_trains_and_draws(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    small = "--bodies gru,tcn --open 1 --longest 4 --steps 300 --rows 16 --units 16 --questions 50"
    where = ["--learning-rates", "0.02,1e-6", "--out", tmp_path / "memory.png"]
    done = run_recipe("long_dependence", *small.split(), *where)
    lines = re.findall(r"(\w+): right at distance 2: ([\d.]+)%.* 8: ([\d.]+)%", done.stderr)
    assert [body for body, *_ in lines] == ["gru", "tcn"]
    assert float(lines[0][1]) > 35, done.stderr  # one in eight is chance
    assert float(lines[1][1]) > 90, done.stderr
    assert float(lines[1][2]) < 50, done.stdout  # a TCN of one block sees 5 characters
    assert (tmp_path / "memory.png").read_bytes().startswith(b"\x89PNG")
