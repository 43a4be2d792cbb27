"""Recipes of clips on made-up ones: lips run and are resumed, actions go from fold to fold."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from recipe_process import run_recipe
from tiny_datasets import add_miracl_vc1, add_ut_interaction

import zoo

av = pytest.importorskip("av")


@pytest.mark.parametrize("body", ["cnnrnn", "cnn3d", "frames"])
def test_lips(tiny_mirror, tmp_path, body):
    add_miracl_vc1(tiny_mirror)
    how = ["--body", body, "--height", "8", "--units", "4", "--size", "4", "--filters", "2,3"]
    how += ["--epochs", "2", "--warmup", "2", "--batch-tokens", "12"]
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    first = run_recipe("clips", *how, *where)
    assert "epoch 2: validation accuracy" in first.stdout
    model = zoo.load(tmp_path / "out.keras")
    assert (model.task, model.dataset, len(model.labels)) == ("action", "miracl_vc1", 20)
    assert model.input.shape == (8, 16, 1)
    assert model.classify(np.zeros((3, 32, 64), "uint8")).label in model.labels
    again = run_recipe("clips", *how, *where)
    assert "; 2 epochs and 0 steps are done" in again.stdout


def video(sequence: int, label: int) -> bytes:
    """A light square whose place is the label's and whose brightness is the sequence's."""
    content = io.BytesIO()
    with av.open(content, "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=15)
        stream.height = stream.width = 48
        stream.pix_fmt = "yuv420p"
        for step in range(3):
            frame = np.full((48, 48, 3), sequence, "uint8")
            row, column = 24 * (label // 3), 16 * (label % 3)
            frame[row : row + 24, column : column + 16] = 200 + step
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        out.mux(stream.encode())
    return content.getvalue()


@pytest.fixture
def tiny_network(tiny_mirror, monkeypatch):
    """A small network with random weights where the published one would be loaded."""
    add_ut_interaction(tiny_mirror, video)
    from zoo.data import efficient_net
    from zoo.layers import efficient_net_lite

    monkeypatch.setattr(efficient_net_lite, "LITE0", [(3, 8, 1, 2)])
    monkeypatch.setattr(efficient_net, "load_efficient_net", lambda network: None)


@pytest.mark.parametrize(
    ("body", "streams", "more"),
    [("cnnrnn", "changes", ["--causal"]), ("cnn3d", "frames", [])],
)
def test_actions(tiny_network, tmp_path, body, streams, more):
    how = ["--body", body, "--streams", streams, "--units", "4", "--size", "8", "--epochs", "1"]
    where = ["--run", tmp_path / "run", "--out", tmp_path / "out.keras"]
    lines = run_recipe("action", *how, *more, *where).stdout.splitlines()
    folds = [line for line in lines if re.fullmatch(r"sequence[0-9]{2}: [0-6] of 6", line)]
    assert len(folds) == 20 and folds[-1].startswith("sequence08")
    (means,) = (line for line in lines if line.startswith("set1 "))
    assert re.fullmatch(r"set1 [\d.]+, set2 [\d.]+, mean [\d.]+, between folds ± [\d.]+", means)
    model = zoo.load(tmp_path / "out.keras")
    assert (model.dataset, model.is_causal) == ("ut_interaction/sequence08", True)
    assert model.features.rows == 4 and model.features.output_size == 8
    mean = np.asarray(model.features.mean)
    assert mean.shape == (16 * 2,) and mean.any()  # of the clips of the last fold
    # What is said after each frame of a file is what is said of its frames by themselves.
    assert model.classify(video(3, 2)).over_time.shape == (3, 6)


def test_choosing_saves_nothing(tiny_network, tmp_path):
    how = ["--body", "frames", "--streams", "frames", "--size", "8", "--epochs", "1", "--choose"]
    found = run_recipe("action", *how, "--run", tmp_path / "run", "--out", tmp_path / "out.keras")
    assert "mean " in found.stdout and not (tmp_path / "out.keras").exists()
