"""How far back cells remember: what is measured, drawn and refused."""

from __future__ import annotations

import pytest

from zoo.diagnostics.distance import draw
from zoo.errors import ConfigError, UnknownNameError
from zoo.experiments.reach import reach

SMALL = {"open": 1, "longest": 4, "steps": 2, "rows": 4, "units": 4, "questions": 20}


def test_cells_are_asked_at_each_distance(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    found = reach(["gru", "tcn"], learning_rates="0.01", **SMALL)
    assert found["distances"].tolist() == [2, 3, 4, 5, 6, 7, 8]
    assert [body["name"] for body in found["bodies"]] == ["gru", "tcn"]
    assert found["bodies"][0]["field"] is None and found["bodies"][1]["field"] == 5
    draw(found, tmp_path / "a.svg")
    assert "<svg" in (tmp_path / "a.svg").read_text()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("name", "settings", "sentence"),
    [
        ("gruu", {}, "no cell 'gruu'; did you mean"),
        ("gru", {"steps": 0}, "steps is at least 1"),
        ("gru", {"longest": 1}, "longest is at least 2"),
        ("gru", {"learning_rates": "a"}, "numbers by commas"),
    ],
)
def test_what_is_not_there(name, settings, sentence):
    with pytest.raises((ConfigError, UnknownNameError), match=sentence):
        reach([name], **{**SMALL, **settings})
