"""`zoo compare`: what it prints and draws, with processes that answer without any training."""

import json
import sys

import pytest

from zoo import cards
from zoo.experiments import comparing, rendering
from zoo.model_folder import ModelFolder

# Stands in for the process of a cell.
ANSWER = """
import json, os, sys
job = json.load(sys.stdin)
value = {"simple": 91.0, "gru": 95.5, "lstm": 95.25}[job["cell"]]
if job["units"] == 13 and job["cell"] == "gru":
    os._exit(9)
row = {"cell": job["cell"], "owner": "x 1", "parameters": 1234567, "metric": "accuracy"}
row |= {"value": value, "steps": 7, "words": 70, "seconds": 1.5, "words_per_second": 4321.4}
row |= {"scoring_seconds": 0.5, "peak_memory_mib": 987.6}
if job["units"] == 14:
    row = {"cell": job["cell"], "error": "ConfigError: no."}
print(json.dumps(row))
"""
CELLS = ("--task", "pos", "--data", "ewt", "--cells", "simple,gru,lstm")


@pytest.fixture(autouse=True)
def answers(monkeypatch):
    monkeypatch.setattr(comparing, "COMMAND", (sys.executable, "-c", ANSWER))


def test_a_table_with_the_best_first(zoo_command):
    done = zoo_command("compare", *CELLS)
    assert done.code == 0, done.err
    assert done.lines == [
        "gru\t95.50\t1,234,567\t4,321\t988",
        "lstm\t95.25\t1,234,567\t4,321\t988",
        "simple\t91.00\t1,234,567\t4,321\t988",
    ]
    assert "lstm: 3 of 3" in done.err


def test_json_becomes_a_section_of_the_cards(zoo_command, tmp_path, monkeypatch):
    done = zoo_command("compare", *CELLS, "--seconds", "60", "--fraction", "0.1", "--json")
    comparison = json.loads(done.out)
    assert (comparison["epochs"], comparison["seconds"], comparison["data"]) == (None, 60, "ud/ewt")
    assert [row["cell"] for row in comparison["cells"]] == ["simple", "gru", "lstm"]
    monkeypatch.setattr("zoo.builtins.MODELS", ModelFolder(tmp_path))
    (tmp_path / "comparison-pos.json").write_text(done.out)
    (read,) = cards.read_comparisons()
    page = cards.render({"models": [], "format": 1}, [read])
    assert "| gru | 95.50 | 1,234,567 | 4,321 | 988 |" in page
    assert "60 s of training on 10% of the data, seed 1" in page
    command = "zoo compare --task pos --data ud/ewt --cells simple,gru,lstm --seconds 60.0 --seed 1"
    assert f"    {command} --fraction 0.1\n" in page
    (tmp_path / "comparison-pos.json").write_text("{}")
    with pytest.raises(cards.DamagedFileError, match="is not a comparison of cells"):
        cards.read_comparisons()


def test_markdown(zoo_command):
    done = zoo_command("compare", *CELLS, "--markdown")
    assert done.lines[0] == "## Cells in `pos`, ud/ewt"
    assert "| cell | validation accuracy | parameters | tokens/s | peak memory, MiB |" in done.lines


def test_a_picture(zoo_command, tmp_path):
    done = zoo_command("compare", *CELLS, "--plot", tmp_path / "cells.png")
    assert done.code == 0, done.err
    assert (tmp_path / "cells.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib(zoo_command, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(comparing, "compare_cells", lambda *a, **k: pytest.fail("trained"))
    done = zoo_command("compare", *CELLS, "--plot", tmp_path / "cells.png")
    assert done.code == 2 and "pip install 'sequence-zoo[plots]'" in done.err


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("none/cells.png", "The folder {}/none does not exist: make it first."),
        ("cells.txt", "A picture is no .txt: '{}/cells.txt' must end in .png, .svg, .pdf or"),
        ("cells", "A picture is no file without an ending"),
    ],
)
def test_where_a_picture_goes_is_looked_at_first(
    zoo_command, tmp_path, monkeypatch, path, sentence
):
    monkeypatch.setattr(comparing, "compare_cells", lambda *a, **k: pytest.fail("trained"))
    done = zoo_command("compare", *CELLS, "--plot", tmp_path / path)
    assert (done.code, done.out) == (2, "")
    assert sentence.format(tmp_path) in done.err and done.err.count("\n") == 1
    done = zoo_command("caption", "x.keras", "dog.jpg", "--attention", tmp_path / path)
    assert sentence.format(tmp_path) in done.err


def test_the_others_are_told_when_one_fails(zoo_command, tmp_path):
    done = zoo_command("compare", *CELLS, "--units", 13, "--plot", tmp_path / "cells.svg")
    assert done.code == 2
    assert [line.split("\t")[0] for line in done.lines] == ["lstm", "simple"]
    assert "1 of 3 cells failed: gru: its process ended with code 9" in done.err
    assert "gru" not in (tmp_path / "cells.svg").read_text()
    done = zoo_command("compare", *CELLS, "--units", 14, "--plot", tmp_path / "none.png")
    assert "3 of 3 cells failed" in done.err and not (tmp_path / "none.png").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--epochs", 3, "--seconds", 3), "epochs or of seconds: give one"),
        (("--cells", "gru,gru"), "each once"),
        (("--cells", "gru,gruu"), "did you mean 'gru'"),
        (("--task", "poss"), "did you mean 'pos'"),
        (("--task", "nmt"), "cannot be compared in the task 'nmt'"),
        (("--data", "wsj"), "The data set 'wsj' does not exist"),
        (("--json", "--markdown"), "give one of them"),
        (("--fraction", 0), "--fraction"),
    ],
)
def test_mistakes_are_one_sentence(zoo_command, arguments, sentence):
    done = zoo_command("compare", *CELLS, *arguments)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err and done.err.count("\n") == 1


def test_values_that_are_not_known_are_left_out():
    row = {"cell": "gru", "parameters": 1, "metric": "accuracy", "value": 1.0}
    row |= {"words_per_second": None, "peak_memory_mib": None}
    assert rendering.rows({"cells": [row]}) == [["gru", "1.00", "1", "", ""]]


def test_where_lower_is_better_the_lowest_is_the_first():
    row = {"parameters": 1, "metric": "perplexity", "lower_is_better": True, "digits": 3}
    row |= {"words_per_second": None, "peak_memory_mib": None}
    comparison = {"cells": [{"cell": c, "value": v, **row} for c, v in (("gru", 90), ("tcn", 80))]}
    assert [shown[:2] for shown in rendering.rows(comparison)] == [
        ["tcn", "80.000"],
        ["gru", "90.000"],
    ]
    assert rendering.header(comparison)[1] == "validation perplexity"
