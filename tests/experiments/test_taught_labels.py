"""Texts that a teacher labels, for a student."""

from __future__ import annotations

from argparse import Namespace

import pytest

import zoo
from zoo.data.labelled import LabelledText
from zoo.errors import ConfigError
from zoo.experiments.taught_labels import with_taught
from zoo.tasks.classification.results import Classification

LABELLED = [LabelledText("good", "positive"), LabelledText("bad", "negative")]
TEXTS = [LabelledText(text, "") for text in ("so good", "good, good", "so bad")]


class Teacher:
    labels = ["positive", "negative"]
    asked = 0

    def classify(self, texts):
        self.asked += len(texts)
        labels = ["positive" if "good" in text else "negative" for text in texts]
        return [Classification(label, {}) for label in labels]


@pytest.fixture
def teacher(monkeypatch):
    teacher = Teacher()
    monkeypatch.setattr(zoo, "load", lambda name: teacher)
    return teacher


def args(folder, teacher="teacher.keras"):
    return Namespace(run=folder, strategy="one", teacher=teacher)


def test_texts_follow_with_the_labels_of_the_teacher(teacher, tmp_path):
    found = with_taught(args(tmp_path), LABELLED, TEXTS)
    assert found[:2] == LABELLED
    assert [(one.text, one.label) for one in found[2:]] == [
        ("so good", "positive"),
        ("good, good", "positive"),
        ("so bad", "negative"),
    ]
    assert with_taught(args(tmp_path), LABELLED, TEXTS) == found
    assert teacher.asked == 3  # once


def test_without_a_teacher_nothing_is_added(tmp_path):
    assert with_taught(args(tmp_path, None), LABELLED, TEXTS) == LABELLED
    assert not list(tmp_path.iterdir())


def test_a_teacher_of_other_labels_is_refused(teacher, tmp_path):
    teacher.labels = ["1", "2"]
    with pytest.raises(ConfigError, match="has the labels 1, 2, and these are wanted: negative"):
        with_taught(args(tmp_path), LABELLED, TEXTS)


def test_other_texts_want_another_run(teacher, tmp_path):
    with_taught(args(tmp_path), LABELLED, TEXTS)
    with pytest.raises(ConfigError, match="labels of 3 texts, and there are 2"):
        with_taught(args(tmp_path), LABELLED, TEXTS[:2])
