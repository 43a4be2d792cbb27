"""Words predicted from both sides: the sampled softmax, what is trained, and what is left out."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import zoo
from zoo.errors import ConfigError
from zoo.tasks.word_prediction import WordPrediction

SIZE = 9
COMPILED = keras.backend.backend() == "jax"  # eagerly, JAX compiles every loop anew


@pytest.fixture
def classifier():
    keras.utils.set_random_seed(3)
    return zoo.build("sentiment", units=6, embedding_size=4, vocabulary_size=SIZE, dropout=0.0)


def numpy_of(x):
    return np.asarray(ops.convert_to_numpy(x), "float64")


def test_losses_are_those_of_the_full_softmax_when_every_word_is_drawn_once(classifier):
    """With all words as negatives and even chances, the corrected sample is the whole softmax."""
    model = WordPrediction(classifier, np.ones(SIZE))
    words = np.array([[2, 5, 3, 1, 4], [8, 8, 2, 6, 0]], "int32")
    losses = numpy_of(model({"words": words, "negatives": np.arange(2, SIZE, dtype="int32")}))

    layer = classifier.recurrence.layers[0]
    vectors = classifier.features.embedding(words)
    asked = [
        numpy_of(model.projections[0](layer.forward(vectors)[0]))[:, :-1],
        numpy_of(model.projections[1](layer.backward(vectors)[0]))[:, 1:],
    ]
    table = numpy_of(classifier.features.embedding.embeddings)[2:]
    for half, (queries, labels) in enumerate(
        zip(asked, (words[:, 1:], words[:, :-1]), strict=True)
    ):
        logits = queries @ table.T
        logits -= np.log(np.exp(logits).sum(-1, keepdims=True))
        for row in range(2):
            for time in range(4):
                label = labels[row, time]
                wanted = -logits[row, time, label - 2] if label > 1 else 0.0
                np.testing.assert_allclose(losses[2 * half + row, time], wanted, atol=1e-5)


def test_what_is_not_drawn_counts_by_its_chance(classifier):
    """No word is among them twice, and each logit is corrected."""
    counts = np.array([0, 7, 8, 4, 4, 2, 1, 1, 1])
    model = WordPrediction(classifier, counts, power=1.0)
    np.testing.assert_allclose(model.chances, [0, 0, *counts[2:] / 21])
    drawn = model.draw(np.random.default_rng(0), 4000)
    np.testing.assert_allclose(np.bincount(drawn, minlength=SIZE) / 4000, model.chances, atol=0.03)
    words = np.array([[2, 3]], "int32")
    negatives = np.array([3, 4, 2, 2], "int32")
    (forward,), _ = numpy_of(model({"words": words, "negatives": negatives}))
    layer = classifier.recurrence.layers[0]
    query = numpy_of(model.projections[0](layer.forward(classifier.features.embedding(words))[0]))
    table = numpy_of(classifier.features.embedding.embeddings)
    logit = table @ query[0, 0] - np.log(np.maximum(1 - (1 - model.chances) ** 4, 1e-12))
    seen = [logit[3], logit[4], logit[2]]  # each of them once
    np.testing.assert_allclose(forward, np.log(np.exp(seen).sum()) - logit[3], atol=1e-5)


def test_fit_trains_the_classifiers_own_weights(classifier):
    model = WordPrediction(classifier, np.ones(SIZE))
    before = [numpy_of(w) for w in classifier.weights]
    model.compile(optimizer=keras.optimizers.Adam(0.05), jit_compile=COMPILED)
    words = np.tile(np.array([[2, 3, 4, 5, 6, 7]], "int32"), (4, 1))

    def batches():
        for _ in range(30):
            yield ({"words": words, "negatives": np.arange(2, SIZE, dtype="int32")},)

    first, *_, last = model.fit(batches(), verbose=0, steps_per_epoch=5, epochs=6).history["loss"]
    assert last < 0.5 * first
    moved = [
        not np.allclose(numpy_of(w), b) for w, b in zip(classifier.weights, before, strict=True)
    ]
    names = [w.path for w, is_moved in zip(classifier.weights, moved, strict=True) if is_moved]
    assert len(names) == 1 + 2 * 3, names  # embedding, and three arrays for each direction


def test_rough_products_give_nearly_the_same_losses(classifier):
    settings = dict(units=6, embedding_size=4, vocabulary_size=SIZE, dropout=0.0)
    rough = zoo.build("sentiment", dtype="mixed_bfloat16", **settings)
    rough.set_weights(classifier.get_weights())
    inputs = {
        "words": np.array([[2, 5, 3, 1, 4]], "int32"),
        "negatives": np.arange(2, SIZE, dtype="int32"),
    }
    exact = WordPrediction(classifier, np.arange(SIZE))
    half = WordPrediction(rough, np.arange(SIZE))
    half.set_weights(exact.get_weights())
    losses = half(inputs)
    assert keras.backend.standardize_dtype(losses.dtype) == "float32"
    np.testing.assert_allclose(numpy_of(losses), numpy_of(exact(inputs)), atol=0.02)
    assert abs(numpy_of(losses) - numpy_of(exact(inputs))).max() > 0  # it is rough


def test_the_lowest_layer_of_a_tagger_predicts_words_by_their_letters_too():
    """Letters say which word comes next; the layer above, which sees both sides, learns nothing."""
    keras.utils.set_random_seed(3)
    sizes = dict(units=32, embedding_size=8, vocabulary_size=SIZE, character_count=9)
    tagger = zoo.build("pos", layers=2, character_filters=8, dropout=0.9, word_dropout=0.9, **sizes)
    model = WordPrediction(tagger, np.ones(SIZE))
    words = np.array([[2, 3, 5], [2, 4, 5]], "int32")
    letters = np.full((2, 3, 5), 4, "int32")
    letters[1, 0] = 7  # 2 is written in two ways: in one 3 comes after it, in the other 4
    negatives = np.arange(2, SIZE, dtype="int32")
    inputs = {"words": words, "characters": letters, "negatives": negatives}
    losses = numpy_of(model(inputs))
    assert losses.shape == (4, 2)
    np.testing.assert_array_equal(losses, numpy_of(model(inputs, training=True)))  # none dropped
    below = [w.path for w in (*tagger.features.weights, *tagger.recurrence.layers[0].weights)]
    before = {w.path: numpy_of(w) for w in tagger.weights}
    model.compile(optimizer=keras.optimizers.Adam(0.02), jit_compile=COMPILED)
    batches = ((inputs,) for _ in range(150))
    model.fit(batches, verbose=0, steps_per_epoch=150)
    moved = [w.path for w in tagger.weights if not np.allclose(numpy_of(w), before[w.path])]
    assert sorted(moved) == sorted(below)
    assert numpy_of(model(inputs))[:2].max() < 0.1  # forwards


def test_layers_of_one_direction_are_refused():
    causal = zoo.build("pos", units=6, embedding_size=4, vocabulary_size=SIZE, is_causal=True)
    with pytest.raises(ConfigError, match="is_causal=False"):
        WordPrediction(causal, np.ones(SIZE))
