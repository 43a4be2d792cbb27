"""An exported model of several languages answers as `translate(..., target=...)` does."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from served import Served, strings
from small_nmt import small_nmt

from zoo.errors import ConfigError
from zoo.export.check import check_saved_model, compare_with_model
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow writes SavedModels"
)
CODES = ("de", "fr", "nl")
TEXTS = ["Where is the house?", "", "A dog sleeps. No", "<2nl> a man"]
ASKED = ["nl", "fr", "de", "fr"]


@pytest.fixture(scope="module")
def model():
    sentences = ["Where is the house?", "A dog sleeps.", "No chair", "a man or two", "is it here?"]
    proto = train_sentencepiece(sentences, 60, control_pieces=[f"<2{code}>" for code in CODES])
    reads = SentencePieceTokenizer(proto)
    return small_nmt(1, source_tokenizer=reads, units=16, targets=CODES, ending=2.0)


@pytest.fixture(scope="module", params=[False, True], ids=["whole", "by sentence"])
def both(request, model, tmp_path_factory):
    """A model, and what its export answers."""
    exported = model.with_sentences(request.param)
    return exported, exported.export_saved_model(tmp_path_factory.mktemp("served"), beam_size=3)


def answers(model, **options):
    return [
        model.translate(text, target=code, beam_size=3, return_attention=True, **options)
        for text, code in zip(TEXTS, ASKED, strict=True)
    ]


def test_each_row_is_in_its_language(both):
    model, path = both
    served, expected = Served(path), answers(model)
    found = served("serving_default", TEXTS, language=ASKED)
    assert strings(found["text"]) == [one.text for one in expected]
    np.testing.assert_allclose(found["score"], [one.score for one in expected], atol=1e-3)
    others = served("serving_default", TEXTS, language=["de", "de", "fr", "nl"])
    assert strings(others["text"]) != strings(found["text"])
    best = served("n_best", TEXTS, language=ASKED)
    for row in (0, 2, 3):
        (text, code) = TEXTS[row], ASKED[row]
        listed = model.translate(text, target=code, beam_size=3, n_best=3)
        assert strings(best["text"][row]) == [one.text.strip() for one in listed]
    scored = served("score", TEXTS, language=ASKED, target=["No", "a", "house", "man"])
    for row, (text, code) in enumerate(zip(TEXTS, ASKED, strict=True)):
        one = model.score(text, ["No", "a", "house", "man"][row], target=code)
        np.testing.assert_allclose(scored["log_prob"][row], one.log_prob, rtol=1e-4)


def test_the_alignment_has_the_piece(both):
    model, path = both
    found = Served(path)("alignment", TEXTS, language=ASKED)
    for row, one in enumerate(answers(model)):
        source = [piece for piece in strings(found["source_tokens"][row]) if piece]
        assert source == one.source_tokens
        shape = (len(one.tokens), len(source))
        attention = found["attention"][row][: shape[0], : shape[1]]
        np.testing.assert_allclose(attention, one.attention, atol=1e-4)


def test_it_is_checked_as_others_are(both):
    model, path = both
    assert "serving_default" in check_saved_model(path)
    compare_with_model(model, path)
    assert Served(path)("serving_default", [], language=[])["text"].shape == (0,)


def test_an_unknown_language_is_refused(both):
    import tensorflow as tf

    served = Served(both[1])
    with pytest.raises(tf.errors.InvalidArgumentError, match="language is one of de, fr, nl"):
        served("serving_default", ["a man"], language=["en"])


def test_one_language_alone(model, tmp_path):
    path = model.toward("fr").export_saved_model(tmp_path / "fr", beam_size=3)
    found = Served(path)("serving_default", TEXTS)
    assert strings(found["text"]) == model.translate(TEXTS, target="fr", beam_size=3)
    with pytest.raises(ConfigError, match="is not told which"):
        model.translate(TEXTS)
