"""Sentences that classifiers label for another: which, and with what."""

from __future__ import annotations

from argparse import Namespace
from types import SimpleNamespace

import numpy as np
import pytest
from tiny_datasets import add_imdb

import zoo
from zoo.data.labelled import LabelledText
from zoo.experiments.taught_texts import drawn_labels, taught_texts


class Teacher:
    """Sure of a text by the number of its letters."""

    labels = ("bad", "so-so", "good")

    def __init__(self, scale):
        self.scale = scale

    def probabilities(self, text):
        weights = np.array([1, self.scale, len(text)], "float64")
        return weights / weights.sum()

    def classify(self, texts):
        return [
            SimpleNamespace(
                probabilities=dict(zip(self.labels, self.probabilities(text), strict=True))
            )
            for text in texts
        ]


def test_labels_are_drawn_from_the_mean_of_the_teachers():
    teachers = [Teacher(1), Teacher(5)]
    texts = ["a" * length for length in (1, 4, 20)] * 5000
    labels = np.reshape(drawn_labels(teachers, texts, np.random.default_rng(3)), (-1, 3))
    for column, length in enumerate((1, 4, 20)):
        expected = np.mean([one.probabilities("a" * length) for one in teachers], axis=0)
        found = [(labels[:, column] == name).mean() for name in Teacher.labels]
        np.testing.assert_allclose(found, expected, atol=0.025)  # 3.5 deviations of 5,000 draws


def test_a_draw_that_is_sure_is_the_label():
    class Sure(Teacher):
        def probabilities(self, text):
            return np.eye(3)[len(text)]

    texts = ["", "a", "aa"] * 2000  # more than are asked at once
    assert drawn_labels([Sure(0)], texts, np.random.default_rng(0)) == [*Teacher.labels] * 2000


@pytest.fixture
def args(tiny_mirror, tmp_path, monkeypatch):
    add_imdb(tiny_mirror, "Was it a good film, or not?")
    monkeypatch.setattr(zoo, "load", lambda name: Teacher(float(name)))
    settings = dict(run=tmp_path / "run", strategy="one", seed=1, teachers="1,5", taught=500)
    return Namespace(**settings)


def test_each_sentence_once_and_none_that_is_held_out(args):
    taught = taught_texts(args, [])
    texts = [one.text for one in taught]
    # "Café 3!" is too short; fifteen kinds of films and the question are left.
    assert len(texts) == len(set(texts)) == 16
    assert "Was it a good film, or not?" in texts and "A funny plot." in texts
    assert {one.label for one in taught} <= {*Teacher.labels}
    assert taught_texts(args, []) == taught  # read again, not asked again


def test_held_out_words_are_known_however_they_are_cut(args):
    held_out = [
        LabelledText(("a", "Funny", "plot", "."), "good"),
        LabelledText("was it a good film , or not ?", "bad"),
    ]
    texts = [one.text for one in taught_texts(args, held_out)]
    assert len(texts) == 14
    assert not {"A funny plot.", "Was it a good film, or not?"} & {*texts}


def test_so_many_and_no_more_and_none_without_teachers(args):
    args.taught = 5
    assert len(taught_texts(args, [])) == 5
    args.teachers = None
    assert taught_texts(args, []) == []
