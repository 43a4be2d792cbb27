"""A recipe in two processes gives the model that it gives in one. Starts two processes."""

from __future__ import annotations

import argparse
import sys

import numpy as np
import pytest
from recipe_process import ROOT, START, run_recipe
from tiny_datasets import add_ud

import zoo
from zoo.errors import ConfigError
from zoo.experiments import epochs, recipe
from zoo.experiments.launching import launch

SMALL = "--units 8 --embedding-size 6 --filters 3 --layers 1 --batch-tokens 40 --warmup 5"
SMALL += " --average 2 --dropout 0 --recurrent-dropout 0 --word-dropout 0 --learning-rate 0.02"


def test_two_processes_give_the_model_of_one(tiny_mirror, tmp_path, monkeypatch, capfd):
    add_ud(tiny_mirror)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")

    def arguments(name):
        where = ["--run", str(tmp_path / name), "--out", str(tmp_path / f"{name}.keras")]
        return [*SMALL.split(), "--cell", "gru", "--epochs", "3", *where]

    program = [sys.executable, "-c", START, str(ROOT / "recipes/pos_bilstm.py")]
    assert launch([*program, *arguments("two"), "--strategy", "multiworker"], 2) == 0
    said = capfd.readouterr().out
    one = run_recipe("pos_bilstm", *arguments("one")).stdout
    # By the chief alone, once; only how long it took is another.
    said = said.replace(str(tmp_path / "two"), str(tmp_path / "one")).splitlines()
    timed = [line.startswith("time ") for line in said]
    assert timed.count(True) == 1 and len(one.splitlines()) == len(said)
    for line, expected, is_time in zip(said, one.splitlines(), timed, strict=True):
        assert line == expected or is_time
    pairs = zip(
        zoo.load(tmp_path / "two.keras").get_weights(),
        zoo.load(tmp_path / "one.keras").get_weights(),
        strict=True,
    )
    for there, here in pairs:
        np.testing.assert_allclose(there, here, atol=2e-3)  # stored in 11 bits


def test_streams_that_devices_cannot_share_are_refused(monkeypatch):
    monkeypatch.setattr(epochs, "device_count", lambda name: 2)
    args = argparse.Namespace(strategy="mirrored", rows=3, time=3)
    with pytest.raises(ConfigError, match="--rows is a multiple of 2, not 3"):
        recipe.streams_of(args, np.arange(20))
