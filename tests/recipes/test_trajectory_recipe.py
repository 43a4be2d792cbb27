"""The recipe of trajectories on pedestrians who walk on circles: run, resumed, opened again."""

from __future__ import annotations

import numpy as np
from recipe_process import run_recipe
from tiny_datasets import add_eth_ucy

import zoo
from zoo.metrics.tracks import constant_velocity, distances

SMALL = "--data eth_ucy/zara1 --patch 4 --units 8 --epochs 30 --warmup 2 --rows 8 --average 2"


def test_it_learns_resumes_and_ends_in_a_model(tiny_mirror, tmp_path):
    add_eth_ucy(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("trajectory", *SMALL.split(), *where)
    assert "epoch 30: validation ADE 12" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset, model.context) == ("trajectory", "eth_ucy/zara1", 8)
    assert np.shape(model.spread) == (3, 2) and model.input.columns == ["x", "y"]
    angles = 0.15 * np.arange(20)  # on a circle, elsewhere
    circle = np.stack([30 + np.cos(angles), np.sin(angles)], axis=1)
    found = np.asarray(model.forecast(circle[:8], 12))
    straight = constant_velocity(circle[None, :8], 12)[0]
    off, plain = (distances(said, circle[8:]).mean() for said in (found, straight))
    assert off < plain
    again = run_recipe("trajectory", *SMALL.split(), *where)
    assert "; 30 epochs and 0 steps are done" in again.stdout
