"""The recipe of forecasts on days that repeat: run, resumed by the same command, opened again."""

from __future__ import annotations

import numpy as np
from recipe_process import run_recipe
from tiny_datasets import add_ett

import zoo
from zoo.data.sets import ett

SMALL = "--units 8 --context 72 --future 48 --fraction 0.2 --epochs 2 --warmup 2 --rows 16"
SMALL += " --learning-rate 0.05 --dropout 0 --average 2"


def test_it_learns_resumes_and_ends_in_a_model(tiny_mirror, tmp_path, monkeypatch):
    """Of a month each is validated and tested, or thousands of windows would be scored."""
    monkeypatch.setattr(ett, "_MONTHS", {"train": 2, "validation": 1, "test": 1})
    add_ett(tiny_mirror, hours=4 * 720)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("forecast_etth1", *SMALL.split(), *where)
    assert "epoch 2: validation MSE ett/h1" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset, model.context) == ("forecast", "ett/h1", 72)
    assert np.shape(model.spread) == (30, 7) and model.input.columns[-1] == "OT"
    # The day goes up by one an hour and falls at its end: 11.5 above its first column on average.
    day = (np.arange(96) % 24)[:, None] + np.arange(7.0)
    found = np.asarray(model.forecast(day, 24))
    assert np.abs(found - day[:24]).mean() < np.abs(found.mean(0) - day[:24]).mean()
    again = run_recipe("forecast_etth1", *SMALL.split(), *where)
    assert "; 2 epochs and 0 steps are done" in again.stdout
