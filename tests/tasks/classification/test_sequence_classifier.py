"""The classifier: labels and probabilities, one or many, and what a file keeps."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from small_classifier import with_some_ngrams

import zoo
from zoo.errors import ConfigError
from zoo.inputs import train_words
from zoo.layers.pooling import KINDS

TEXT = "A warm , funny film that isn't too long . The plot , though , is dull and thin !"
TEXTS = ["A funny film!", "", "The plot is dull and thin, though.", " \n", "駅 😀"]


def small(task="sentiment", seed=0, **config):
    """A classifier with random weights that are large enough to make labels differ."""
    if "vocabulary_size" not in config:
        config.setdefault("tokenizer", train_words([TEXT.split()], min_count=1))
    sizes = {"units": 8, "embedding_size": 6, "dropout": 0.0}
    model = zoo.build(task, **{**sizes, **config})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape))
    return model


@pytest.fixture(scope="module")
def model():
    return small("rating", seed=3, dataset="sst/fine")


def test_probabilities_are_those_of_the_logits(model):
    answer = model.classify(TEXTS[2])
    words = model.tokenizer.encode([[t for t, _, _ in model.tokenizer.split(TEXTS[2:3])[0]]])[0][0]
    logits = keras.ops.convert_to_numpy(model({"words": words[None]}))[0].astype("float64")
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(list(answer.probabilities.values()), expected, atol=1e-5)
    assert answer.label == model.labels[expected.argmax()]
    assert list(answer.probabilities) == model.labels and len(model.labels) == 5


def test_a_list_gives_what_its_texts_give(model):
    together, alone = model.classify(TEXTS), [model.classify(text) for text in TEXTS]
    for one, other in zip(together, alone, strict=True):
        assert one.label == other.label
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)
    assert together[1] == together[3] and model.classify([]) == []
    assert len({answer.label for answer in together}) > 1  # or nothing is tested here
    assert all(type(p) is float for answer in together for p in answer.probabilities.values())


def test_a_long_text_beside_a_short_one(model):
    long = " ".join(TEXT.split() * 300)
    (answer, short) = model.classify([long, TEXTS[0]])
    assert sum(answer.probabilities.values()) == pytest.approx(1, abs=1e-4)
    assert short.label == model.classify(TEXTS[0]).label


@pytest.mark.parametrize("pooling", KINDS)
def test_a_saved_model_classifies_alike(pooling, tmp_path):
    model = small(pooling=pooling, seed=2)
    zoo.save(model, tmp_path / "m.keras")
    loaded = zoo.load(tmp_path / "m.keras")
    assert loaded.classify(TEXTS) == model.classify(TEXTS)
    assert (loaded.task, loaded.labels) == ("sentiment", ["negative", "positive"])
    assert loaded.dataset == model.dataset


def test_scores_of_ngrams_are_added_to_the_logits(model):
    both = with_some_ngrams(model)
    words = np.array([[2, 5, 3, 4, 4, 1, 2], [3, 2, 0, 0, 0, 0, 0]], "int32")
    logits, alone, scores = (
        keras.ops.convert_to_numpy(part)
        for part in (both({"words": words}), model({"words": words}), both.ngrams(words))
    )
    np.testing.assert_allclose(logits, alone + scores, atol=1e-5)
    assert np.abs(scores).max() > 0.5
    assert both.classify(TEXTS) != model.classify(TEXTS)
    assert both.with_ngrams(None).classify(TEXTS) == model.classify(TEXTS)
    # What is done to one output layer is not done to the other.
    both.output_layer.set_weights([0 * weight for weight in both.output_layer.get_weights()])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model({"words": words})), alone)


@pytest.mark.parametrize("dtype", [None, "float11"])
def test_a_file_keeps_scores_of_ngrams(model, tmp_path, dtype):
    both = with_some_ngrams(model)
    zoo.save(both, tmp_path / "m.keras", dtype=dtype)
    loaded = zoo.load(tmp_path / "m.keras")
    for one, other in zip(loaded.classify(TEXTS), both.classify(TEXTS), strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=0.05 if dtype else 1e-6)
    known = [keras.ops.convert_to_numpy(m.ngrams.fingerprints) for m in (loaded, both)]
    assert known[0].dtype == "uint8" and known[0].any() and (known[0] == known[1]).all()


@pytest.mark.parametrize("text", [3, None, [1], b"a", [b"a"], [["a"]]])
def test_what_is_no_text_is_refused(model, text):
    with pytest.raises(ConfigError, match="classify wants a string or a list of strings"):
        model.classify(text)


def test_builders_mistakes():
    with pytest.raises(ConfigError, match="has no tokenizer"):
        small(vocabulary_size=9).classify("A film")
    with pytest.raises(ConfigError, match="units is halved"):
        small(units=7)
    with pytest.raises(ConfigError, match="'sentiment' needs tokenizer"):
        zoo.build("sentiment")
    with pytest.raises(ConfigError, match="pooling is one of last, max, mean, attention"):
        small(pooling="median")
