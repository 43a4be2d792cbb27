"""The pairs of a training: data sets, variants, and what a teacher makes of the first of them."""

from __future__ import annotations

from argparse import Namespace

import pytest

import zoo
from zoo.data import load_pairs
from zoo.data.variants import variants
from zoo.experiments.parallel_text import sides, taught_apart, training_pairs

NAMES = ["multi30k/en-fr", "tatoeba/en-fr"]


class Shouting:
    """A translator that says it louder."""

    asked: list[str] = []

    def translate(self, texts, beam_size):
        assert beam_size == 5
        self.asked += texts
        return [text.upper() for text in texts]


def listed(pairs):
    return [(source.decode(), target.decode()) for source, target in pairs.as_numpy_iterator()]


@pytest.fixture
def args(tiny_mirror, tmp_path):
    return Namespace(run=tmp_path / "run", strategy="one", seed=1, variants=False, teacher=None)


def test_data_sets_come_one_after_the_other(args):
    expected = [pair for name in NAMES for pair in listed(load_pairs(name, "train"))]
    assert listed(training_pairs(args, NAMES)) == expected
    assert [*sides(NAMES)] == [side for pair in expected for side in pair]
    args.variants = True
    assert listed(training_pairs(args, NAMES)) == expected + variants(expected, 1)


def test_a_teacher_is_asked_once_for_each_sentence_of_the_first(args, monkeypatch):
    args.teacher, loaded = "loud.keras", []
    monkeypatch.setattr(zoo, "load", lambda name: loaded.append(name) or Shouting())
    own = [pair for name in NAMES for pair in listed(load_pairs(name, "train"))]
    sources = {source for source, _ in listed(load_pairs(NAMES[0], "train"))}
    taught = listed(training_pairs(args, NAMES))[len(own) :]
    assert sorted(taught) == sorted((text, text.upper()) for text in sources)
    assert sorted(Shouting.asked) == sorted(sources) and loaded == ["loud.keras"]
    assert listed(training_pairs(args, NAMES))[len(own) :] == taught  # kept with the run
    assert loaded == ["loud.keras"]


def test_what_a_teacher_says_is_apart(args, monkeypatch):
    """Of what is held out, whether the source or the teacher's own words say it."""
    args.teacher = "loud.keras"
    monkeypatch.setattr(zoo, "load", lambda name: Shouting())
    pairs = [("A dog.", "Un chien."), ("A cat.", "Un chat."), ("A man.", "Un homme.")]
    held_out = {"en": {"a dog"}, "fr": {"a cat"}}
    assert taught_apart(args, "multi30k/en-fr", pairs, held_out) == [
        ("multi30k/en-fr", [("A man.", "A MAN.")])
    ]
