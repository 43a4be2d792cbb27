"""One cell of a comparison: it learns, keeps to its budget, and answers from its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from recipe_process import ROOT, START
from tiny_datasets import add_sst, add_ud

from zoo.comparison import one_cell
from zoo.comparison.contests import TaggingContest, contest_of, full_name
from zoo.errors import ConfigError

SETTINGS = {"epochs": None, "seconds": None, "fraction": 1.0, "units": 8, "seed": 1}


@pytest.fixture
def treebanks(tiny_mirror, monkeypatch):
    add_sst(tiny_mirror)
    add_ud(tiny_mirror)
    monkeypatch.setattr(TaggingContest, "_batch_tokens", 32)
    monkeypatch.setattr(TaggingContest, "learning_rate", 0.02)


def test_epochs_are_kept_and_the_model_learns(treebanks):
    row = one_cell.train_cell("pos", "ud/ewt", "gru", **{**SETTINGS, "epochs": 12})
    sentences = [1 + number % 6 for number in range(30)]
    assert row["words"] == 12 * sum(sentences)
    assert row["steps"] % 12 == 0 and 0 < row["seconds"]
    assert row["metric"] == "accuracy" and row["value"] > 90
    assert row["cell"] == "gru" and row["owner"].startswith("sequence-zoo")
    assert row["words_per_second"] > 0
    # The peak is of this process: below what the machine has, above what Python alone takes.
    assert 50 < row["peak_memory_mib"] < os.sysconf("SC_PHYS_PAGES") * 4096 / 2**20


def test_seconds_are_kept(treebanks):
    row = one_cell.train_cell("rating", "sst/fine", "simple", **{**SETTINGS, "seconds": 0.2})
    assert 0.2 <= row["seconds"] < 1
    assert 0 <= row["value"] <= 100


def test_the_rate_rises_stays_and_falls_to_nothing():
    rates = [one_cell._rate(share) for share in np.linspace(0, 1, 101)]
    assert 0 < rates[0] < 0.1 and rates[-1] == 0
    assert rates[3:31] == [1.0] * 28
    assert all(one > two for one, two in zip(rates[31:], rates[32:], strict=False))


def test_a_process_prints_its_row_and_nothing_else(treebanks):
    command = [sys.executable, "-c", START, str(ROOT / "zoo/comparison/one_cell.py")]
    job = {"task": "sentiment", "data": "sst/binary", "cell": "gru", **SETTINGS, "epochs": 1}
    jobs = [job, {**job, "data": "ud/ewt"}]
    for settings, key in zip(jobs, ("value", "error"), strict=True):
        done = subprocess.run(command, input=json.dumps(settings), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert key in json.loads(done.stdout)
    assert "ud/ewt has no label, which the task learns from" in done.stdout
    assert "Preparing ud/ewt" in done.stderr


def test_names_of_data():
    assert full_name("ewt") == full_name("ud/ewt") == "ud/ewt"
    assert full_name("fine") == "sst/fine"
    with pytest.raises(ConfigError, match="'en-fr' is one of multi30k/en-fr, tatoeba/en-fr: write"):
        full_name("en-fr")
    with pytest.raises(ConfigError, match="'wsj' does not exist"):
        full_name("wsj")


def test_a_task_that_is_not_compared():
    with pytest.raises(ConfigError, match="in the task 'nmt': take one of .*pos.*sentiment"):
        contest_of("nmt")
