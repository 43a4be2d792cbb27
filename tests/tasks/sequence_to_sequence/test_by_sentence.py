"""A model that reads sentence by sentence, beside one that is given the sentences one by one."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from small_nmt import small_nmt

import zoo
from zoo.decoding import GreedySearch, SampleSearch
from zoo.inputs import SentencePieceTokenizer

PARTS = [["Where is the house?", "A dog sleeps.", "No"], ["A man is here."], [""]]
TEXTS = [" ".join(parts) for parts in PARTS]
FLAT = [part for parts in PARTS for part in parts]


@pytest.fixture(scope="module")
def whole(trained_proto):
    return small_nmt(1, source_tokenizer=SentencePieceTokenizer(trained_proto), units=16)


@pytest.fixture(scope="module")
def model(whole):
    return whole.with_sentences()


def regrouped(flat):
    found = iter(flat)
    return [[next(found) for _ in parts] for parts in PARTS]


def test_it_translates_sentences_and_joins_them(whole, model):
    alone = regrouped(whole.translate(FLAT, beam_size=3))
    expected = [" ".join(text for text in texts if text) for texts in alone]
    assert model.translate(TEXTS, beam_size=3) == expected
    assert model.translate(TEXTS[0], beam_size=3) == expected[0]
    assert whole.translate(TEXTS[0], beam_size=3) != expected[0]


def test_the_kth_is_made_of_the_kth(whole, model):
    asked = dict(beam_size=3, n_best=2, return_attention=True)
    for best, parts in zip(
        model.translate(TEXTS, **asked), regrouped(whole.translate(FLAT, **asked)), strict=True
    ):
        for found, of in zip(best, zip(*parts, strict=True), strict=True):
            assert found.text == " ".join(part.text for part in of)
            assert found.log_prob == pytest.approx(sum(part.log_prob for part in of), abs=1e-4)
            assert found.score == pytest.approx(sum(part.score for part in of), abs=1e-4)
            assert found.tokens == [token for part in of for token in part.tokens]
            row = column = 0
            rest = found.attention.copy()
            assert rest.shape == (len(found.tokens), len(found.source_tokens))
            for part in of:
                height, width = part.attention.shape
                block = rest[row : row + height, column : column + width]
                np.testing.assert_allclose(block, part.attention, atol=1e-5)
                block[:] = 0
                row, column = row + height, column + width
            assert not rest.any()


def test_scores_are_those_of_the_sentences(whole, model):
    targets = ["La maison. Un chien dort. Non", "Un homme. Ici.", ""]
    pairs = [*zip(PARTS[0], ["La maison.", "Un chien dort.", "Non"], strict=True)]
    parts = whole.score(*map(list, zip(*pairs, strict=True)))
    first, second, third = model.score(TEXTS, targets)
    assert first.log_prob == pytest.approx(sum(part.log_prob for part in parts), rel=1e-5)
    assert first.token_log_probs == pytest.approx([g for p in parts for g in p.token_log_probs])
    expected = np.exp(-first.log_prob / len(first.tokens))
    assert first.perplexity == pytest.approx(expected, rel=1e-5)
    # One sentence and two: a pair as it is.
    for found, alone in ((second, whole.score(TEXTS[1], targets[1])), (third, whole.score("", ""))):
        assert found.log_prob == pytest.approx(alone.log_prob, rel=1e-5)
    best = model.translate(TEXTS[:2], beam_size=3, return_attention=True)
    for found, score in zip(best, model.score(TEXTS[:2], best), strict=True):
        assert score.log_prob == pytest.approx(found.log_prob, rel=1e-4, abs=1e-3)
        assert score.score == pytest.approx(found.score, rel=1e-4, abs=1e-3)


def test_capitals_are_laid_aside_and_come_back(whole, model):
    answer = whole.translate("Where is the house?", beam_size=1)
    assert model.translate("WHERE IS THE HOUSE? No", beam_size=1).startswith(answer.upper())
    loud = model.score("WHERE IS THE HOUSE?", "LA MAISON.")
    calm = whole.score("Where is the house?", "La maison.")
    assert loud.log_prob == pytest.approx(calm.log_prob, rel=1e-5)


@pytest.mark.parametrize("search", [GreedySearch(), SampleSearch(seed=3)])
def test_a_stream_is_the_whole(model, search):
    text = TEXTS[0].replace("A dog sleeps.", "A DOG SLEEPS.")
    assert "".join(model.translate(text, search=search, stream=True)) == model.translate(
        text, search=search
    )


def test_a_prefix_begins_the_first_sentence(whole, model):
    found = model.translate(TEXTS[0], prefix="un chien", beam_size=2)
    alone = whole.translate(PARTS[0][0], prefix="un chien", beam_size=2)
    assert found.startswith(alone) and alone.startswith("un chien")


def test_it_is_saved_and_carried_on(model, tmp_path):
    zoo.save(model, tmp_path / "model.keras")
    loaded = zoo.load(tmp_path / "model.keras")
    assert loaded.by_sentence and loaded.translate(TEXTS) == model.translate(TEXTS)
    assert model.with_shortlist(None).by_sentence
    assert not model.with_sentences(False).by_sentence
    assert zoo.ensemble([model, model]).translate(TEXTS) == model.translate(TEXTS)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow writes exports")
def test_the_exported_model_does_the_same(model, tmp_path):
    import tensorflow as tf

    # Texts of which some have as many sentences on both sides, some have capitals, some nothing.
    texts = [*TEXTS, "WHERE IS THE HOUSE? No", "A man"]
    folder = model.export_saved_model(tmp_path / "served", beam_size=3)
    served = tf.saved_model.load(str(folder)).signatures
    given = tf.constant([text.encode() for text in texts])
    expected = model.translate(texts, beam_size=3, return_attention=True)

    best = served["serving_default"](text=given)
    assert [text.decode() for text in best["text"].numpy()] == [one.text for one in expected]
    np.testing.assert_allclose(best["score"], [one.score for one in expected], atol=1e-3)

    found = served["n_best"](text=given)
    several = model.translate(texts, beam_size=3, n_best=3)
    for row, hypotheses in enumerate(several):
        for place, one in enumerate(hypotheses):
            assert found["text"][row, place].numpy().decode() == one.text
            assert float(found["log_prob"][row, place]) == pytest.approx(one.log_prob, abs=1e-3)

    found = served["alignment"](text=given)
    for row, one in enumerate(expected):
        height, width = one.attention.shape
        attention = found["attention"][row].numpy()
        np.testing.assert_allclose(attention[:height, :width], one.attention, atol=1e-4)
        assert not attention[height:].any() and not attention[:, width:].any()
        for name, tokens in (("tokens", one.tokens), ("source_tokens", one.source_tokens)):
            served_tokens = [token.decode() for token in found[name][row].numpy()]
            assert served_tokens[: len(tokens)] == tokens and not any(served_tokens[len(tokens) :])

    targets = ["La maison. Un chien dort. Non", "Un homme. Ici.", "", "LA MAISON. Non", "un"]
    found = served["score"](text=given, target=tf.constant([text.encode() for text in targets]))
    for row, score in enumerate(model.score(texts, targets)):
        for name in ("log_prob", "score", "perplexity"):
            assert float(found[name][row]) == pytest.approx(getattr(score, name), rel=1e-3)
    assert served["n_best"](text=tf.constant([], tf.string))["text"].shape == (0, 3)
