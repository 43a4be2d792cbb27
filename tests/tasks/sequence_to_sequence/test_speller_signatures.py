"""An exported speller answers each word as `repair` does."""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np
import pytest
import tensorflow as tf
from served import Served

import zoo
from zoo.errors import ConfigError
from zoo.export.check import check_saved_model, compare_with_model
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece
from zoo.tasks.sequence_to_sequence.common_words import common_first
from zoo.tasks.sequence_to_sequence.speller_signatures import SpellerSignatures

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow writes SavedModels"
)
BEST = "serving_default"
LISTED = ["hello", "morning", "network", "walking", "net", "hell", "form"]
WORDS = ["hellx", "NETWXXX", "walking", "Net", "x", "", "駅", "qqq", "mrning", "walkinghello"]
WORDS += ["Anna", "Hexxo", "hexxo", "Walkingx"]
NAMES = ["anna", "qqq"]
COUNTS = dict(zip(LISTED, (900, 2, 70, 4, 30_000, 5, 800), strict=True))


class Candidate(NamedTuple):
    text: str
    score: float


@pytest.fixture(
    scope="module",
    params=[(None, None), (LISTED, None), (COUNTS, NAMES)],
    ids=["free", "listed", "counted and named"],
)
def exported(request, tmp_path_factory):
    lexicon, names = request.param
    keras.utils.set_random_seed(2)
    letters = train_sentencepiece(LISTED, 4 + 1 + len(set("".join(LISTED))), "char")
    model = zoo.build(
        "spell",
        units=16,
        embedding_size=8,
        source_tokenizer=SentencePieceTokenizer(letters),
        lexicon=lexicon,
        names=names,
    )
    path = model.export_saved_model(tmp_path_factory.mktemp("served") / "spell")
    return model, path, Served(path)


def test_it_answers_as_repair_does(exported):
    model, path, served = exported
    expected = [word.lower() for word in model.repair(WORDS)]
    together = served(BEST, WORDS)
    assert together["text"].tolist() == expected
    for word, text, score in zip(WORDS, expected, together["score"], strict=True):
        alone = served(BEST, [word])
        assert alone["text"].tolist() == [text]
        assert alone["score"][0] == pytest.approx(score, abs=1e-4)
    assert served(BEST, [])["text"].shape == (0,)
    if model.lexicon is not None:
        assert expected[2:6] == ["walking", "net", "x", ""] and together["score"][2] == 0
        repaired = (0, 8, 9, 12) if model.names else (0, 1, 8, 9, 11, 12)
        assert {expected[i] for i in repaired} <= set(LISTED)
    if model.names is not None:
        assert expected[7] == "qqq" and expected[10] == "anna"
        # An untrained model gives no word much: capitalised ones are names to it.
        assert (expected[1], expected[11]) == ("netwxxx", "hexxo")
    compare_with_model(model, path)
    assert check_saved_model(path.parent) == ["serving_default", "n_best"]


@pytest.mark.parametrize(
    "exported",
    [(LISTED, None), (COUNTS, NAMES)],
    ids=["listed", "counted and named"],
    indirect=True,
)
def test_n_best_are_its_repairs(exported):
    model, _, served = exported
    damaged = ["netwxxx", "hellx", "fxrx", "nxx"]
    found = served("n_best", damaged)
    for row, word in enumerate(damaged):
        repairs = model.repairs(word, 7)
        assert [text for text, _ in repairs] == found["text"][row, : len(repairs)].tolist()
        shares = [share for _, share in repairs]
        assert np.exp(found["log_prob"][row, : len(shares)]) == pytest.approx(shares, rel=1e-3)


@pytest.mark.parametrize("exported", [(COUNTS, NAMES)], ids=["counted and named"], indirect=True)
def test_counts_order_as_in_the_model(exported):
    """Random words and scores, holes and letters of several bytes among them."""
    model, _, _ = exported
    rng = np.random.default_rng(0)
    signatures = SpellerSignatures(model)
    changed = 0
    for _ in range(50):
        meant = rng.choice(["hello", "hells", "hé"], 3)
        words = ["".join(rng.choice([letter, "x", "x"]) for letter in word) for word in meant]
        texts = rng.choice(["hello", "hells", "hell", "form", "hé", ""], (3, 8))
        scores = -np.sort(rng.gumbel(size=(3, 8)).astype("float32"))
        given = (tf.constant(words), tf.constant(texts.tolist()), tf.constant(scores))
        order = signatures._common_first(*given).numpy()
        rows = zip(texts.tolist(), scores, strict=True)
        many = [list(map(Candidate, *row)) for row in rows]
        for row, ranked in enumerate(common_first(words, many, COUNTS, model.commonness)):
            assert [one.text for one in ranked] == texts[row, order[row]].tolist()
            changed += (order[row] != np.arange(8)).any()
    assert changed > 20


def test_what_a_word_has_no_use_for(exported, tmp_path):
    with pytest.raises(ConfigError, match="A Speller has no use for max_length"):
        exported[0].export_saved_model(tmp_path / "spell", max_length=3)
