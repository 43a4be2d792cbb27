"""Recipes of skeletons and clips on made-up ones: run, resumed by the same command, opened."""

from __future__ import annotations

import numpy as np
import pytest
from recipe_process import run_recipe
from tiny_datasets import add_boxes, add_skeletons, add_vidvrd, skeleton

import zoo

FEW = "--epochs 2 --warmup 2 --dropout 0".split()


@pytest.mark.parametrize("held", [(), ("--held", "9")])
def test_activities(tiny_mirror, tmp_path, held):
    add_skeletons(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras", "--rows", "4", *held]
    first = run_recipe("activity_msraction", *FEW, "--units", "4", *where)
    expected = "accuracy subject 9" if held else "order the later the better 2.00"
    assert f"epoch 2: validation {expected}" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset, len(model.labels)) == ("activity", "msr_action3d", 20)
    assert model.classify(skeleton(3, 8)).label in model.labels
    if not held:
        assert "weights     the moving average" in first.stdout
        again = run_recipe("activity_msraction", *FEW, "--units", "4", *where)
        assert "; 2 epochs and 0 steps are done" in again.stdout


@pytest.mark.parametrize("how", [("--causal",), ("--held", "--paths")])
def test_moments(tiny_mirror, tmp_path, how):
    add_skeletons(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras", "--window", "16", *how]
    first = run_recipe("segment_utkinect", *FEW, "--units", "4", "--data", "utkinect/s03", *where)
    assert "epoch 2: validation" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset, len(model.labels)) == ("segment", "utkinect/s03", 11)
    assert model.encoder.is_causal == ("--causal" in how)
    assert (model.crf is not None) == ("--paths" in how)
    assert model.tag(skeleton(3, 8))[-1].end == 8


@pytest.mark.parametrize("how", [("--causal",), ()])
def test_boxes(tiny_mirror, tmp_path, how):
    add_boxes(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras", *how]
    size = ["--steps", "2", "--rows", "2", "--window", "24", "--units", "4"]
    first = run_recipe("track_boxes", *FEW, *size, "--data", "tracked_boxes/fold2", *where)
    assert "epoch 2: validation IoU tracked_boxes/fold2" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset) == ("track", "tracked_boxes/fold2")
    assert model.is_causal == ("--causal" in how)
    assert np.isfinite(model.track(np.array([[0.0, 0, 9, 9], [np.nan] * 4]))).all()
    again = run_recipe("track_boxes", *FEW, *size, "--data", "tracked_boxes/fold2", *where)
    assert "; 2 epochs and 0 steps are done" in again.stdout


def test_descriptions(tiny_mirror, tmp_path):
    pytest.importorskip("sentencepiece")
    add_vidvrd(tiny_mirror)
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras", "--learning-rate", "0.05"]
    size = "--units 16 --embedding-size 8 --noise 0.1 --lost 0 --smoothing 0 --epochs 30".split()
    first = run_recipe("describe_vidvrd", *FEW, *size, *where)
    assert "epoch 30: validation words right subject" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert model.task == "describe"
    clip = np.random.default_rng(0).normal(size=(20, 256))
    clip[:, 0] += 9
    assert model.describe(clip) == "dog bite ball"
