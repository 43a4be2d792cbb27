"""`zoo classify`: a label and its probability, lines in order, JSON, colours."""

from __future__ import annotations

import json

import click
import numpy as np
import pytest

import zoo
from zoo.inputs import train_words


@pytest.fixture(scope="module")
def model():
    tokenizer = train_words([["a", "funny", "film", "dull"]], min_count=1)
    model = zoo.build("rating", tokenizer=tokenizer, units=8, embedding_size=6)
    rng = np.random.default_rng(3)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape))
    return model


@pytest.fixture(scope="module")
def file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("rating") / "rating.keras"
    zoo.save(model, path)
    return path


def test_lines_in_lines_out(zoo_command, file, model):
    texts = ["A funny film", "", "Dull .", "駅"]
    done = zoo_command("classify", file, stdin="\n".join(texts).encode())
    assert (done.code, done.err) == (0, "")
    answers = model.classify(texts)
    assert done.lines == [f"{a.label}\t{a.probabilities[a.label]:.3f}" for a in answers]


def test_json(zoo_command, file, model):
    answer = json.loads(zoo_command("classify", file, "A dull film", "--json").out)
    expected = model.classify("A dull film")
    assert (answer["text"], answer["label"]) == ("A dull film", expected.label)
    assert answer["probabilities"] == pytest.approx(expected.probabilities, abs=1e-6)


def test_colours_on_a_terminal_alone(model, monkeypatch):
    from zoo.cli.verbs import classify

    answer = model.classify("a film")
    plain = answer.line(classify._painter(model.labels))
    assert "\x1b" not in plain
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    painted = answer.line(classify._painter(model.labels))
    assert "\x1b[" in painted and click.unstyle(painted) == plain
    colours = [classify._colour(i, 5) for i in range(5)]
    assert colours == ["red", "red", "yellow", "green", "green"]


def test_a_classifier_cannot_tag(zoo_command, file):
    done = zoo_command("tag", file, "a")
    assert done.code == 2 and "SequenceClassifier and cannot tag" in done.err
