"""Accuracy over all texts of a data set, with and without scores of n-grams."""

from __future__ import annotations

from types import SimpleNamespace

from zoo.data.labelled import LabelledText
from zoo.tasks.classification.evaluate import evaluate_classification


class OneLabel:
    """Says one label of every text, and another one with scores of n-grams."""

    dataset, labels = "imdb", ["negative", "positive"]

    def __init__(self, ngrams=None):
        self.ngrams = ngrams

    def with_ngrams(self, ngrams):
        return OneLabel(ngrams)

    def classify(self, texts):
        return [SimpleNamespace(label=self.labels[self.ngrams is not None]) for _ in texts]


def test_a_model_with_ngrams_is_scored_without_them_too(monkeypatch):
    texts = [LabelledText("Good.", "positive")] * 3 + [LabelledText("Bad.", "negative")]
    monkeypatch.setattr("zoo.data.read_labelled", lambda name, split: texts)
    (row,) = evaluate_classification(OneLabel())
    assert (row["metric"], row["value"]) == ("accuracy", 25.0)
    assert row["signature"] == "words:own|classes:2"
    both, alone = evaluate_classification(OneLabel("scores"))
    assert (both["metric"], both["value"]) == ("accuracy", 75.0)
    assert (alone["metric"], alone["value"]) == ("accuracy (without scores of n-grams)", 25.0)
    assert both["signature"] == "words:own|classes:2|ngrams:yes"
    assert alone["signature"] == "words:own|classes:2|ngrams:no"
