"""One cell of a comparison: it learns, keeps to its budget, and answers from its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from recipe_process import ROOT, START
from small_lm import small_lm
from tiny_datasets import add_ptb, add_sst, add_tiny_shakespeare, add_ud

from zoo.data.loading import full_name
from zoo.errors import ConfigError
from zoo.experiments import one_cell
from zoo.experiments.comparing import experiment_of
from zoo.tasks.language_modelling.experiment import TextExperiment
from zoo.tasks.language_modelling.lm import BODIES
from zoo.tasks.tagging.experiment import TaggingExperiment

SETTINGS = {"epochs": None, "seconds": None, "fraction": 1.0, "units": 8, "seed": 1}


@pytest.fixture
def treebanks(tiny_mirror, monkeypatch):
    add_sst(tiny_mirror)
    add_ud(tiny_mirror)
    monkeypatch.setattr(TaggingExperiment, "_batch_tokens", 32)
    monkeypatch.setattr(TaggingExperiment, "learning_rate", 0.02)


def test_epochs_are_kept_and_the_model_learns(treebanks):
    row = one_cell.train_cell("pos", "ud/ewt", "gru", **{**SETTINGS, "epochs": 12, "units": 24})
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


@pytest.fixture
def texts(tiny_mirror, monkeypatch):
    add_ptb(tiny_mirror)
    add_tiny_shakespeare(tiny_mirror)
    for name, value in {"_rows": 2, "_time": 8, "_held_out": 0.3, "learning_rate": 0.03}.items():
        monkeypatch.setattr(TextExperiment, name, value)


def test_language_models_are_scored_by_nats_a_character(texts):
    row = one_cell.train_cell("lm", "tiny_shakespeare", "gru", **{**SETTINGS, "epochs": 24})
    assert (row["metric"], row["lower_is_better"]) == ("nats per character", True)
    assert row["words"] == row["steps"] * 2 * 8 and row["steps"] % 24 == 0
    assert 0.05 < row["value"] < 1.5  # 2.9 where each of its 18 characters is as likely


def test_language_models_of_words_are_scored_by_perplexity(texts):
    row = one_cell.train_cell("lm", "ptb", "transformer", **{**SETTINGS, "epochs": 30})
    assert (row["cell"], row["metric"]) == ("transformer", "perplexity")
    assert row["owner"].startswith("sequence-zoo")
    assert 1 < row["value"] < 4  # there are 16 words


def test_a_text_is_scored_by_its_end_which_is_held_out(texts, tiny_mirror):
    experiment = TextExperiment("tiny_shakespeare", 1.0)
    model = small_lm(**experiment.settings)
    text = (tiny_mirror.folder / "tiny_shakespeare/input.txt").read_text()
    text = text[: int(len(text) * 0.9)]
    score = model.score(text[round(len(text) * 0.7) :])
    nats = -sum(score.token_log_probs) / len(score.token_log_probs)
    np.testing.assert_allclose(experiment.score(model), nats, rtol=1e-4)


def test_a_share_of_a_text_leaves_its_words_and_what_is_held_out(texts):
    whole, part = TextExperiment("ptb", 1.0), TextExperiment("ptb", 0.5)
    assert part.settings["tokenizer"].words == whole.settings["tokenizer"].words
    np.testing.assert_array_equal(part._held_out_ids, whole._held_out_ids)
    assert len(part._ids) == len(whole._ids) // 2
    assert set(TextExperiment.bodies) == set(BODIES) - {"recurrent"}


def test_the_rate_rises_stays_and_falls_to_nothing():
    rates = [one_cell._rate(spent) for spent in np.linspace(0, 1, 101)]
    assert 0 < rates[0] < 0.1 and rates[-1] == 0
    assert rates[3:31] == [1.0] * 28
    assert all(one > two for one, two in zip(rates[31:], rates[32:], strict=False))


def test_a_process_prints_its_row_and_nothing_else(treebanks):
    command = [sys.executable, "-c", START, str(ROOT / "zoo/experiments/one_cell.py")]
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
        experiment_of("nmt")
