"""Texts and words that teachers label, for a student."""

from __future__ import annotations

from argparse import Namespace

import pytest

import zoo
from zoo.data.labelled import LabelledText
from zoo.data.tagged import TaggedSentence
from zoo.errors import ConfigError
from zoo.experiments.taught_labels import with_taught, with_taught_tags
from zoo.inputs import train_words
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
    with pytest.raises(ConfigError, match=r"3 texts by 1, and 2 by 1 are wanted"):
        with_taught(args(tmp_path), LABELLED, TEXTS[:2])


SENTENCES = [TaggedSentence("Dogs run.", ("Dogs", "run", "."), ("NOUN", "VERB", "PUNCT"))]
TAGS = ["NOUN", "PUNCT", "VERB"]


class Tagger:
    labels = TAGS

    def __init__(self, tags):
        self.tags = tags

    def tag(self, rows):
        return [[(word, self.tags.get(word, "PUNCT")) for word in row] for row in rows]


@pytest.fixture
def taggers(monkeypatch):
    """Two know that walks are walked, one takes them for things; and a text is read."""
    said = [{"Cats": "NOUN", "walk": tag} for tag in ("NOUN", "VERB", "VERB")]
    found = {name: Tagger(tags) for name, tags in zip("abc", said, strict=True)}
    monkeypatch.setattr(zoo, "load", found.__getitem__)
    texts = ["Cats walk. No!", "Cats walk, cats walk!"]
    monkeypatch.setattr("zoo.experiments.taught_labels.texts_of", lambda names: iter(texts))
    return found


def taught(folder, teacher="a,b,c", most=9):
    args = Namespace(run=folder, strategy="one", teacher=teacher, texts="any", taught=most)
    tokenizer = train_words([one.tokens for one in SENTENCES], min_count=1)
    return with_taught_tags(args, SENTENCES, tokenizer, TAGS)


def test_words_get_the_tag_that_most_teachers_give(taggers, tmp_path):
    found = taught(tmp_path)
    assert found[:1] == SENTENCES
    assert [(one.tokens, one.tags) for one in found[1:]] == [  # of at least three words
        (("Cats", "walk", "."), ("NOUN", "VERB", "PUNCT")),
        (
            ("Cats", "walk", ",", "cats", "walk", "!"),
            ("NOUN", "VERB", "PUNCT", "PUNCT", "VERB", "PUNCT"),
        ),
    ]
    taggers["a"].tags = {}
    assert taught(tmp_path) == found  # found once


def test_the_first_teacher_is_right_where_they_differ_evenly(taggers, tmp_path):
    assert taught(tmp_path, "a,b")[1].tags == ("NOUN", "NOUN", "PUNCT")
    assert len(taught(tmp_path / "fewer", "a,b", most=1)) == 2
    with pytest.raises(ConfigError, match="2 texts by 2, and 2 by 3 are wanted"):
        taught(tmp_path, "a,b,c")


def test_taggers_of_other_labels_are_refused(taggers, tmp_path):
    taggers["c"].labels = ["X"]
    with pytest.raises(ConfigError, match="c has the labels X, and these are wanted: NOUN, PUNCT"):
        taught(tmp_path)
    assert taught(tmp_path, None) == SENTENCES
