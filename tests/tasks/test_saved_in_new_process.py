"""What is saved here computes the same in a process that never saw the model, on either backend."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import open_models
import pytest
from small_nmt import logits_of, random_batch, small_nmt

import zoo
from zoo.inputs import SentencePieceTokenizer

OTHER = {"tensorflow": "jax"}.get(keras.backend.backend(), "tensorflow")
# Every cell with one attention, and every attention with one cell.
PAIRS = [f"{cell} additive" for cell in zoo.list_cells()]
PAIRS += [f"gru {attention}" for attention in zoo.list_attentions() if attention != "additive"]


def new_process(folder, *arguments, backend=None):
    script = Path(open_models.__file__)
    path = os.pathsep.join([str(script.parent), os.environ.get("PYTHONPATH", "")])
    backend = backend or keras.backend.backend()
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, str(script), str(folder), *arguments],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def models(trained_proto):
    """Every cell and every attention; one with a tokenizer, one with two, one of another shape."""
    models = {pair: small_nmt(cell=pair.split()[0], attention=pair.split()[1]) for pair in PAIRS}
    one, two = SentencePieceTokenizer(trained_proto), SentencePieceTokenizer(trained_proto)
    models["text"] = small_nmt(1, source_tokenizer=one, units=16)
    models["two vocabularies"] = small_nmt(1, source_tokenizer=one, target_tokenizer=two, units=16)
    models["deep"] = small_nmt(
        cell="lstm", encoder_layers=2, decoder_layers=3, dropout=0.2, recurrent_dropout=0.1
    )
    return models


@pytest.fixture(scope="module")
def opened(models, tmp_path_factory):
    """What another process found in the files."""
    folder = tmp_path_factory.mktemp("saved")
    for name, model in models.items():
        zoo.save(model, folder / f"{name}.keras")
    new_process(folder)
    return json.loads((folder / "answers.json").read_text())


@pytest.mark.parametrize("name", [*PAIRS, "text", "two vocabularies", "deep"])
def test_logits_are_the_same(models, opened, name):
    expected = logits_of(models[name], random_batch()[0])
    np.testing.assert_allclose(opened[name]["zoo"]["logits"], expected, atol=1e-5)
    np.testing.assert_allclose(opened[name]["keras"], expected, atol=1e-5)


@pytest.mark.parametrize("name", ["text", "two vocabularies"])
def test_translations_are_the_same(models, opened, name):
    expected = open_models.answers(models[name])
    assert opened[name]["zoo"]["greedy"] == expected["greedy"]
    assert opened[name]["zoo"]["beam"] == expected["beam"]
    assert len(set(expected["beam"])) > 2


def test_the_comparison_sees_random_weights(models):
    """What the tests above compare depends on every weight."""
    model = models["deep"]
    again = type(model).from_config(model.get_config())
    again.set_weights(model.get_weights())
    inputs = random_batch()[0]
    expected = logits_of(model, inputs)
    for weight in again.trainable_weights:
        kept = keras.ops.convert_to_numpy(weight)
        weight.assign(kept + np.random.default_rng(0).normal(size=kept.shape) * 0.3)
        assert np.abs(logits_of(again, inputs) - expected).max() > 1e-3, weight.path
        weight.assign(kept)


def test_the_file_says_its_task(models, tmp_path):
    zoo.save(models["deep"], tmp_path / "m.keras")
    assert zoo.saving.read_origin(tmp_path / "m.keras")["task"] == "nmt"
    assert zoo.load(tmp_path / "m.keras").task == "nmt"


def test_float16_is_close(models, tmp_path):
    zoo.save(models["text"], tmp_path / "half.keras", dtype="float16")
    loaded = zoo.load(tmp_path / "half.keras")
    inputs = random_batch()[0]
    gap = np.abs(logits_of(loaded, inputs) - logits_of(models["text"], inputs)).max()
    assert 0 < gap < 0.05
    assert loaded.source_tokenizer.proto == models["text"].source_tokenizer.proto


def test_what_another_backend_trained_opens_here(tmp_path, trained_proto):
    (tmp_path / "sentencepiece.model").write_bytes(trained_proto)
    new_process(tmp_path, "train", backend=OTHER)
    expected = json.loads((tmp_path / "trained.json").read_text())
    found = open_models.answers(zoo.load(tmp_path / "trained.keras"))
    np.testing.assert_allclose(found["logits"], expected["logits"], atol=1e-4)
    assert found["greedy"] == expected["greedy"]
    assert found["beam"] == expected["beam"]


def test_a_new_process_knows_every_class():
    """Whatever the zoo writes into a file, opening it needs no import but `zoo.load`'s own."""
    folder = Path(zoo.__file__).parent
    mark = re.compile(r'serializable\(package="zoo"\)\n(?:class|def) (\w+)')
    names = sorted(name for file in folder.rglob("*.py") for name in mark.findall(file.read_text()))
    assert len(names) > 30
    script = (
        "import sys, zoo.tasks; from keras.saving import get_registered_object as known; "
        "print([name for name in sys.argv[1:] if known('zoo>' + name) is None])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *names], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
