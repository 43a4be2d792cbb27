"""An exported speller answers each word as `repair` does."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from served import Served

import zoo
from zoo.errors import ConfigError
from zoo.export.check import check_saved_model, compare_with_model
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow writes SavedModels"
)
BEST = "serving_default"
LISTED = ["hello", "morning", "network", "walking", "net", "hell", "form"]
WORDS = ["hellx", "NETWXXX", "walking", "Net", "x", "", "駅", "qqq", "mrning", "walkinghello"]
WORDS += ["Anna", "Hexxo", "hexxo", "Walkingx"]


NAMES = ["anna", "qqq"]


@pytest.fixture(
    scope="module",
    params=[(None, None), (LISTED, None), (LISTED, NAMES)],
    ids=["free", "listed", "named"],
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


@pytest.mark.parametrize("exported", [(LISTED, None)], ids=["listed"], indirect=True)
def test_n_best_are_its_repairs(exported):
    model, _, served = exported
    found = served("n_best", ["netwxxx"])
    for n, (word, share) in enumerate(model.repairs("netwxxx", 5)):
        assert found["text"][0, n] == word
        assert np.exp(found["log_prob"][0, n]) == pytest.approx(share, rel=1e-3)


def test_what_a_word_has_no_use_for(exported, tmp_path):
    with pytest.raises(ConfigError, match="A Speller has no use for max_length"):
        exported[0].export_saved_model(tmp_path / "spell", max_length=3)
