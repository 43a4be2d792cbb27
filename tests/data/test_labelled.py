"""Batches of labelled texts: nothing lost, the same for the same seed, resumable."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data import classification_batches, encode_texts, plan_classification
from zoo.data.labelled import LabelledText, encode_labelled
from zoo.errors import ConfigError
from zoo.inputs import WordTokenizer

NAMES = ["bad", "good"]
SHAPES = {"batch_tokens": 12, "boundaries": (2, 4, 6)}
LETTERS = "abcdefghijklm"


@pytest.fixture(scope="module")
def texts():
    rng = np.random.default_rng(0)
    rows = [[LETTERS[i] for i in rng.integers(0, 13, n)] for n in rng.integers(1, 8, 40)]
    tokenizer = WordTokenizer(list(LETTERS), list(LETTERS))
    labels = [NAMES[(ord(row[0]) + len(row)) % 2] for row in rows]
    return encode_texts(rows, labels, tokenizer, NAMES)


def rows_of(batches):
    return [
        (tuple(words[words > 0]), int(label))
        for inputs, labels, weights in batches.as_numpy_iterator()
        for words, label, weight in zip(inputs["words"], labels, weights, strict=True)
        if weight or words.any()
    ]


def test_every_text_is_there_once(texts):
    expected = [
        (tuple(texts.words[begin:end]), int(label))
        for begin, end, label in zip(texts.starts, texts.starts[1:], texts.labels, strict=False)
        if end - begin <= 6
    ]
    assert sorted(rows_of(classification_batches(texts, seed=3, **SHAPES))) == sorted(expected)


def test_the_plan_counts_what_comes(texts):
    plan = plan_classification(texts, **SHAPES)
    batches = list(classification_batches(texts, **SHAPES).as_numpy_iterator())
    assert plan.steps == len(batches)
    assert plan.tokens == sum(int((inputs["words"] > 0).sum()) for inputs, _, _ in batches)
    assert plan.texts == sum(int(weights.sum()) for _, _, weights in batches)
    rows = sum(len(weights) for _, _, weights in batches)
    assert plan.filling == pytest.approx(1 - plan.texts / rows)
    assert plan.texts + plan.left_out == len(texts) and plan.left_out > 0


def test_order_and_start(texts):
    def order(**more):
        return rows_of(classification_batches(texts, **SHAPES, **more))

    assert order(seed=1, epoch=2) == order(seed=1, epoch=2) != order(seed=1, epoch=3)
    whole = list(classification_batches(texts, seed=1, **SHAPES).as_numpy_iterator())
    rest = list(classification_batches(texts, seed=1, start=4, **SHAPES).as_numpy_iterator())
    assert len(rest) == len(whole) - 4
    assert np.array_equal(rest[0][0]["words"], whole[4][0]["words"])
    with pytest.raises(ConfigError, match="cannot start at number 99"):
        classification_batches(texts, start=99, **SHAPES)


def test_mistakes_are_named():
    tokenizer = WordTokenizer(["a"], ["a"])
    with pytest.raises(ConfigError, match="'so-so' is none of bad, good"):
        encode_texts([["a"]], ["so-so"], tokenizer, NAMES)
    with pytest.raises(ConfigError, match="at least one text with words"):
        encode_texts([[]], ["bad"], tokenizer, NAMES)


def test_labelled_texts_are_encoded_as_texts_and_labels_are():
    tokenizer = WordTokenizer(list(LETTERS), list(LETTERS))
    examples = [LabelledText("a b c d", "good"), LabelledText("e", "bad")]
    found = encode_labelled(examples, tokenizer, NAMES, longest=2)
    assert found.words.tolist() == [2, 5, 6] and found.starts.tolist() == [0, 2, 3]
    assert found.labels.tolist() == [1, 0]


def test_long_texts_lose_their_middle():
    tokenizer = WordTokenizer(list(LETTERS), list(LETTERS))
    texts = ["a b c d e f g h", "a b c d e", "a"]
    encoded = encode_texts(texts, NAMES[:1] * 3, tokenizer, NAMES, longest=5)
    rows = [encoded.words[b:e] for b, e in zip(encoded.starts, encoded.starts[1:], strict=False)]
    spelt = ["".join(LETTERS[i - 2] for i in row) for row in rows]
    assert spelt == ["abfgh", "abcde", "a"]
