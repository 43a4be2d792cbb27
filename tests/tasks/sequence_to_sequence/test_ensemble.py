"""An ensemble is the mean of its members' distributions, and behaves as one model."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from small_nmt import EOS, log_softmax, logits_of, random_batch, small_nmt, teacher_forced

import zoo
from zoo.errors import ConfigError
from zoo.inputs import SentencePieceTokenizer
from zoo.tasks import Ensemble

TEXTS = ["Where is the house?", "A dog sleeps.", "", "A man", "chair"]


@pytest.fixture(scope="module")
def tokenizer(trained_proto):
    return SentencePieceTokenizer(trained_proto)


@pytest.fixture(scope="module")
def members(tokenizer, trained_proto):
    """Of other cells, attentions, depths and sizes; with equal tokenizers, not the same one."""
    other = SentencePieceTokenizer(trained_proto)
    return [
        small_nmt(1, source_tokenizer=tokenizer, units=16),
        small_nmt(
            2, source_tokenizer=other, cell="lstm", attention="multiplicative", decoder_layers=1
        ),
    ]


@pytest.fixture(scope="module")
def both(members):
    return zoo.ensemble(members)


@pytest.fixture(scope="module")
def found(both):
    return both.translate(TEXTS, beam_size=3, n_best=2)


def test_its_probabilities_are_the_mean():
    members = [small_nmt(seed, units=8 + 4 * seed) for seed in range(3)]
    inputs, _, _ = random_batch()
    expected = np.mean([np.exp(log_softmax(logits_of(m, inputs))) for m in members], axis=0)
    found = np.exp(logits_of(Ensemble(members), inputs))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(found.sum(-1), 1, atol=1e-5)


def test_of_one_it_is_the_model(members):
    alone, model = zoo.ensemble(members[:1]), members[0]
    expected = model.translate(TEXTS, beam_size=3, return_attention=True)
    for one, other in zip(
        alone.translate(TEXTS, beam_size=3, return_attention=True), expected, strict=True
    ):
        assert one.text == other.text and one.tokens == other.tokens
        assert one.score == pytest.approx(other.score, rel=1e-4, abs=1e-4)
        np.testing.assert_allclose(one.attention, other.attention, atol=1e-4)


def test_its_outputs_have_the_mean_probability(both, members, found, tokenizer):
    pairs = [
        (text, one)
        for text, outputs in zip(TEXTS, found, strict=True)
        for one in (outputs if text else ())
    ]
    targets = [tokenizer.ids(one.tokens) for _, one in pairs]
    sources = [[*ids, EOS] for ids in tokenizer.encode([text for text, _ in pairs])]
    each = [np.exp(teacher_forced(model, sources, targets)) for model in members]
    log_probs = np.log(np.mean(each, axis=0))
    scores = both.score(*map(list, zip(*pairs, strict=True)))
    for (_, one), score, row, ids in zip(pairs, scores, log_probs, targets, strict=True):
        expected = row[np.arange(len(ids)), ids].sum()
        assert one.log_prob == pytest.approx(expected, rel=1e-4, abs=1e-3)
        assert score.log_prob == pytest.approx(expected, rel=1e-4, abs=1e-3)
    single = [model.translate(TEXTS, beam_size=3) for model in members]
    assert [outputs[0].text for outputs in found] not in single


def test_it_streams(both):
    greedy = both.translate(TEXTS[0], beam_size=1)
    assert "".join(both.translate(TEXTS[0], stream=True)) == greedy


def test_it_is_one_file(both, found, tmp_path):
    path = tmp_path / "both.keras"
    zoo.save(both, path)
    again = zoo.load(path)
    assert again.task == "nmt" and len(again.members) == 2
    texts = [outputs[0].text for outputs in found]
    assert again.translate(TEXTS, beam_size=3) == texts
    assert zoo.ensemble([path]).translate(TEXTS[1], beam_size=3) == texts[1]


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow writes SavedModels"
)
def test_it_is_exported_as_a_model_is(both, found, tmp_path):
    import tensorflow as tf

    path = both.export_saved_model(tmp_path / "both", beam_size=3)
    function = tf.saved_model.load(str(path)).signatures["serving_default"]
    texts = function(text=tf.constant(TEXTS))["text"].numpy()
    assert [text.decode() for text in texts] == [outputs[0].text for outputs in found]


def test_what_cannot_be_together_is_named(members, trained_proto):
    from zoo.inputs import train_sentencepiece

    other = train_sentencepiece(["a b c d e f g h i j k l m n o p q r s t"] * 3, 30)
    stranger = small_nmt(source_tokenizer=SentencePieceTokenizer(other), name="stranger")
    for models, word in (
        ([], "a list of models"),
        ("model.keras", "models must be a list of"),
        ([members[0], keras.Sequential()], "A Sequential cannot be in an ensemble"),
        ([members[0], stranger], "'nmt' and 'stranger' have different source vocabularies"),
        ([small_nmt(), small_nmt(vocabulary_size=21)], "different source vocabularies"),
    ):
        with pytest.raises(ConfigError, match=word):
            zoo.ensemble(models)
