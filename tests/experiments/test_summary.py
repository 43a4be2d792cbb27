"""The lines at the end of a training, on terminals of several widths and elsewhere."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from zoo.experiments.summary import run_summary, saved_summary, summary_lines


@pytest.fixture
def rows(tmp_path):
    log = [
        {"epoch": 1, "seconds": 5000.0, "steps": 40, "training_seconds": 4.0},
        {"epoch": 2, "seconds": 4000.0, "steps": 20, "training_seconds": 2.0},  # after a stop
    ]
    scores = {1: -1.25, 2: -1.5}
    run = SimpleNamespace(epoch=2, log=log, scores=scores, folder=tmp_path / "run")
    epochs = SimpleNamespace(description="29,000 examples", steps=40, tokens=8000)
    (tmp_path / "mine.keras").write_bytes(bytes(1_500_000))
    found = [
        *run_summary(run, epochs, "nats a token", 3, "mean of the last 2", "multi30k"),
        *saved_summary(tmp_path / "mine.keras", "zoo evaluate mine.keras"),
    ]
    return json.loads(json.dumps(found))


def test_it_says_what_was_trained_how_long_and_what_comes_next(rows, tmp_path):
    assert list(summary_lines(rows)) == [
        "trained on  29,000 examples of multi30k, 8,000 tokens an epoch",
        "epochs      2, 80 steps",
        "time        2:30 h, 2,000 tokens/s",
        "best score  nats a token 1.250 after epoch 1",
        "weights     the mean of the last 2",
        f"run         {tmp_path / 'run'}: log.csv, log.jsonl",
        f"saved       {tmp_path / 'mine.keras'}, 1.5 MB",
        "next        zoo evaluate mine.keras",
    ]


@pytest.mark.parametrize("columns", [40, 60, 160])
def test_it_is_as_wide_as_the_terminal(rows, columns, tmp_path):
    lines = list(summary_lines(rows, columns))
    assert all(len(line) < columns or str(tmp_path) in line for line in lines)
    words = " ".join(" ".join(line[12:] for line in lines).split())
    assert words == " ".join(said for _, said in rows)
    assert [line[:12].strip() for line in lines if line[:1] != " "] == [name for name, _ in rows]
