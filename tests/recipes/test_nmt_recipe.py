"""The recipe on a few made-up sentences: killed, resumed by the same command, and opened again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from recipe_process import ROOT, START, require_cell, run_recipe

import zoo
from zoo.errors import ConfigError

SMALL = "--data multi30k,tatoeba --units 8 --embedding-size 6 --batch-tokens 256 --warmup 5"
SMALL += " --vocabulary-size 150 --average 2"


def arguments(folder, *more):
    where = ["--run", str(folder / "run"), "--out", str(folder / "out.keras")]
    return [*SMALL.split(), *where, *more]


def command(folder, *more):
    recipe = [sys.executable, "-c", START, str(ROOT / "recipes/nmt_attn_en_fr.py")]
    return [*recipe, *arguments(folder, *more)]


def run(folder, *more):
    return run_recipe("nmt_attn_en_fr", *arguments(folder, *more))


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")


def test_a_killed_run_goes_on_and_ends_in_a_model(tiny_mirror, quiet, tmp_path):
    first = subprocess.Popen(
        command(tmp_path, "--epochs", "8"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=dict(os.environ),
    )
    lines = []
    while sum(line.startswith("epoch") for line in lines) < 2:
        line = first.stdout.readline()
        assert line, lines
        lines.append(line)
    first.send_signal(signal.SIGKILL)
    first.wait()

    done = len((tmp_path / "run/log.jsonl").read_text().splitlines())
    assert done >= 2 and not (tmp_path / "out.keras").exists()
    second = subprocess.run(command(tmp_path, "--epochs", "8"), capture_output=True, text=True)
    assert second.returncode == 0, second.stderr
    # The kill may have come between the log and the state of an epoch.
    resumed = [f"; {epochs} epochs and 0 steps are done" for epochs in (done - 1, done)]
    assert any(line in second.stdout for line in resumed)
    assert "epoch 8: validation BLEU multi30k/en-fr" in second.stdout
    assert "tokens/s" in second.stderr

    model = zoo.load(tmp_path / "out.keras")
    assert isinstance(model.translate("A man runs on the beach."), str)
    assert model.task == "nmt"

    more = run(tmp_path, "--epochs", "9").stdout
    assert "; 8 epochs and 0 steps are done" in more and "epoch 9: validation BLEU" in more
    with pytest.raises(ConfigError, match=r"another seed \(1, now 2\)"):
        run(tmp_path, "--epochs", "8", "--seed", "2")


def test_init_from_starts_with_the_weights_of_a_file(tiny_mirror, tmp_path):
    """With a plugin's cell, as with any other, and with rough products."""
    require_cell("indrnn")
    run(tmp_path, "--epochs", "1", "--cell", "indrnn")
    start = tmp_path / "start.keras"
    os.replace(tmp_path / "out.keras", start)
    other = tmp_path / "other"
    other.mkdir()
    # A rate of almost nothing keeps the weights where they started.
    more = ("--epochs", "1", "--learning-rate", "1e-12", "--init-from", str(start))
    more += ("--cell", "indrnn", "--precision", "mixed_bfloat16")
    run(other, *more)
    model = zoo.load(other / "out.keras")
    assert model.encoder.compute_dtype == model.decoder.compute_dtype == "float32"
    for one, two in zip(zoo.load(start).get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)
