"""Accuracy over all words of a treebank, and that choices never see a test split."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from zoo.data.tagged import TaggedSentence
from zoo.errors import ConfigError
from zoo.inputs import TreebankWords
from zoo.tasks import TaggedToken
from zoo.tasks.tagging import evaluate
from zoo.tasks.tagging.evaluate import evaluate_tagging, validation_accuracy

SENTENCES = [
    TaggedSentence("Two dogs run.", ("Two", "dogs", "run", "."), ("NUM", "NOUN", "VERB", "PUNCT")),
    TaggedSentence("No", ("No",), ("INTJ",)),
]


class Nouns:
    """Says NOUN for every word, and PUNCT for a full stop."""

    languages = ("en",)

    def tag(self, sentences):
        return [[(t, "PUNCT" if t == "." else "NOUN") for t in tokens] for tokens in sentences]


@pytest.fixture
def asked(monkeypatch):
    """The splits that are read."""
    found = []

    def read(name, split):
        found.append((name, split))
        return SENTENCES

    monkeypatch.setattr("zoo.data.read_tagged", read)
    return found


def test_accuracy_is_over_all_words(asked):
    (row,) = evaluate_tagging(Nouns())
    assert row["value"] == pytest.approx(100 * 2 / 5)
    assert (row["dataset"], row["split"], row["metric"]) == ("ud/ewt", "test", "upos_accuracy")
    assert row["sentences"] == 2 and row["signature"] == "words:gold|punctuation:yes|count:5"
    assert asked == [("ud/ewt", "test")]


def test_what_chooses_sees_no_test(asked):
    assert validation_accuracy(Nouns(), ["ud/ewt", "ud/sequoia"]) == {
        "ud/ewt": 40.0,
        "ud/sequoia": 40.0,
    }
    assert asked == [("ud/ewt", "validation"), ("ud/sequoia", "validation")]


def test_progress_and_chunks(asked, monkeypatch):
    monkeypatch.setattr(evaluate, "_CHUNK", 1)
    seen = []
    rows = evaluate_tagging(Nouns(), progress=lambda *done: seen.append(done))
    assert seen == [("ud/ewt test", 1, 2), ("ud/ewt test", 2, 2)]
    assert rows[0]["value"] == 40.0


def test_every_language_has_its_treebanks(asked):
    model = Nouns()
    model.languages = ("fr", "en")
    assert [row["dataset"] for row in evaluate_tagging(model)] == ["ud/ewt", "ud/sequoia"]
    assert [row["dataset"] for row in evaluate_tagging(model, datasets=["ud/ewt"])] == ["ud/ewt"]
    model.languages = ("tlh",)
    with pytest.raises(ConfigError, match=r"no treebank in the model's languages \(tlh\)"):
        evaluate_tagging(model)


def test_raw_sentences_are_scored_where_a_model_knows_tokens(monkeypatch):
    """Counted by hand: five words of six, of which four have their tag; one too many is found."""
    tags = ("PRON", "VERB", "ADP", "DET", "NOUN", "PUNCT")
    gold = TaggedSentence(
        "Il va au bar.", ("Il", "va", "à", "le", "bar", "."), tags, (("au", 2, 4),)
    )
    monkeypatch.setattr("zoo.data.read_tagged", lambda name, split: [gold])

    class Reader(Nouns):
        tokenizer = SimpleNamespace(treebank=TreebankWords(("x-y",)))

        def tag(self, sentences):
            if not isinstance(sentences[0], str):
                return super().tag(sentences)
            cells = [("Il", "PRON", 0, 2), ("va", "NOUN", 3, 5), ("à", "ADP", 6, 8)]
            cells += [("le", "DET", 6, 8), ("b", "NOUN", 9, 10), ("ar", "NOUN", 10, 12)]
            return [[TaggedToken(*cell) for cell in [*cells, (".", "PUNCT", 12, 13)]]]

    rows = {row["metric"]: row["value"] for row in evaluate_tagging(Reader(), datasets=["ud/ewt"])}
    assert rows["upos_accuracy"] == pytest.approx(100 * 2 / 6)
    assert rows["word_f1"] == pytest.approx(100 * 2 * 5 / (6 + 7))
    assert rows["upos_f1"] == pytest.approx(100 * 2 * 4 / (6 + 7))
