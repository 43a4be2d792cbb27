"""Curves of runs: what their logs say, runs of different scores, and logs that cannot be read."""

from __future__ import annotations

import json

import pytest

from zoo.diagnostics.curve import curves_of, draw
from zoo.errors import ConfigError, DamagedFileError, MissingFileError


def run(folder, rows):
    folder.mkdir()
    lines = [json.dumps({"epoch": n, "seconds": 2.5, **row}) for n, row in enumerate(rows, 1)]
    (folder / "log.jsonl").write_text("\n".join(lines) + "\n")
    return str(folder)


@pytest.fixture
def folders(tmp_path):
    one = run(tmp_path / "one", [{"score": 1, "loss": 3.0, "bleu": 1}, {"loss": 2.0, "bleu": 4}])
    two = run(tmp_path / "two", [{"score": 1, "loss": None, "accuracy": 0.5}])
    return [one, two]


def test_logs_are_shown(folders, tmp_path, figures):
    found = curves_of(folders)
    assert found["scores"] == ["loss", "bleu", "accuracy"] and found["over"] == "epochs"
    first, second = found["runs"]
    assert first["values"] == {"loss": [3.0, 2.0], "bleu": [1, 4], "accuracy": [None, None]}
    assert second["values"]["loss"] == [None] and second["name"] == "two"
    assert curves_of(folders[:1], seconds=True)["runs"][0]["places"] == [2.5, 5.0]
    assert curves_of(folders, scores="accuracy")["scores"] == ["accuracy"]
    draw(found, tmp_path / "a.svg")
    loss = figures[0].axes[0]
    assert list(loss.lines[0].get_ydata()) == [3.0, 2.0] and not len(loss.lines[1].get_ydata())
    assert loss.get_title() == "training: loss" and len(figures[0].axes) == 3


def test_of_what_is_no_run(folders, tmp_path):
    with pytest.raises(MissingFileError, match="holds no run with an epoch done"):
        curves_of([str(tmp_path)])
    with pytest.raises(ConfigError, match="measured 'wer'; measured are loss, score"):
        curves_of(folders, scores="wer")
    with pytest.raises(ConfigError, match="1 to 7 runs"):
        curves_of(folders * 4)
    for text in ("{", "[1]", "", '{"loss": 1}'):
        (tmp_path / "one/log.jsonl").write_text(text)
        with pytest.raises(DamagedFileError, match="cannot be read as the log of a run"):
            curves_of(folders)


def test_two_runs_of_one_name(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    names = [run(tmp_path / one / "run", [{"loss": 1.0}]) for one in "ab"]
    assert [one["name"] for one in curves_of(names)["runs"]] == names
    assert curves_of([f"{names[0]}/log.jsonl"])["runs"][0]["name"] == "run"
