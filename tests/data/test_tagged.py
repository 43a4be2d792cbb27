"""Batches of tagged sentences: nothing lost, nothing mixed up, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data import encode_sentences, plan_tagging, tagging_batches
from zoo.data.tagged import treebank_language
from zoo.errors import ConfigError, UnknownNameError
from zoo.inputs import WordTokenizer

LABELS = ["A", "B"]
SHAPES = {"batch_tokens": 12, "boundaries": (2, 4, 6)}


@pytest.fixture(scope="module")
def sentences():
    rng = np.random.default_rng(0)
    words = [f"w{i}" for i in range(30)]
    return [[words[i] for i in rng.integers(0, 30, n)] for n in rng.integers(1, 8, 40)]


@pytest.fixture(scope="module")
def encoded(sentences):
    tokenizer = WordTokenizer([f"w{i}" for i in range(30)], list("w0123456789"), 6)
    # The words' digits are zeros in the vocabulary: know them by their characters instead.
    tags = [[LABELS[int(word[1:]) % 2] for word in sentence] for sentence in sentences]
    return encode_sentences(sentences, tags, tokenizer, LABELS)


def rows_of(batches):
    """`[(word characters, label)]` of every real row, in order."""
    found = []
    for inputs, labels, weights in batches.as_numpy_iterator():
        assert np.array_equal(inputs["words"] != 0, weights > 0)
        assert inputs["characters"].shape == (*labels.shape, 6)
        assert not inputs["characters"][weights == 0].any() and not labels[weights == 0].any()
        for row in range(len(labels)):
            length = int(weights[row].sum())
            if length:
                letters = inputs["characters"][row, :length].tolist()
                found.append((tuple(map(tuple, letters)), tuple(labels[row, :length])))
    return found


def expected(encoded, longest):
    found = []
    for begin, end in zip(encoded.starts, encoded.starts[1:], strict=False):
        if end - begin <= longest:
            letters = tuple(map(tuple, encoded.characters[begin:end].tolist()))
            found.append((letters, tuple(encoded.labels[begin:end])))
    return found


def test_every_sentence_is_there_once(encoded):
    found = rows_of(tagging_batches(encoded, seed=3, **SHAPES))
    assert sorted(found) == sorted(expected(encoded, 6))


def test_the_plan_counts_what_comes(encoded):
    plan = plan_tagging(encoded, **SHAPES)
    batches = list(tagging_batches(encoded, **SHAPES).as_numpy_iterator())
    assert plan.steps == len(batches)
    assert plan.tokens == sum(int(weights.sum()) for _, _, weights in batches)
    assert plan.padding == pytest.approx(1 - plan.tokens / sum(w.size for _, _, w in batches))
    assert plan.sentences + plan.left_out == len(encoded) and plan.left_out > 0


def test_an_epoch_is_a_function_of_seed_and_number(encoded):
    def order(**more):
        return rows_of(tagging_batches(encoded, **SHAPES, **more))

    assert order(seed=1, epoch=2) == order(seed=1, epoch=2)
    assert order(seed=1, epoch=2) != order(seed=1, epoch=3)
    assert order(seed=1) != order(seed=2)


def test_it_goes_on_where_it_stopped(encoded):
    whole = list(tagging_batches(encoded, seed=1, **SHAPES).as_numpy_iterator())
    rest = list(tagging_batches(encoded, seed=1, start=5, **SHAPES).as_numpy_iterator())
    assert len(rest) == len(whole) - 5
    for one, two in zip(whole[5:], rest, strict=True):
        assert np.array_equal(one[0]["words"], two[0]["words"])
        assert np.array_equal(one[1], two[1])
    with pytest.raises(ConfigError, match="cannot start at number 99"):
        tagging_batches(encoded, start=99, **SHAPES)


def test_treebanks_have_languages():
    assert [treebank_language(name) for name in ("ud/ewt", "ud/sequoia")] == ["en", "fr"]
    with pytest.raises(UnknownNameError, match="no treebank 'ud/none': take one of .*ud/ewt"):
        treebank_language("ud/none")


def test_mistakes_are_named(encoded):
    tokenizer = WordTokenizer(["a"], ["a"])
    with pytest.raises(ConfigError, match="no words"):
        encode_sentences([[]], [[]], tokenizer, LABELS)
    with pytest.raises(ConfigError, match="'C' is none of the labels A, B"):
        encode_sentences([["a"]], [["C"]], tokenizer, LABELS)
    with pytest.raises(ConfigError, match="as many tags"):
        encode_sentences([["a", "a"]], [["A"]], tokenizer, LABELS)
