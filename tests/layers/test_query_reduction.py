"""Questions reduced by sentences, beside loops over the equations in NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from zoo.cells import GRUCell
from zoo.layers import QueryReduction, Recurrent, StoryReader
from zoo.layers.build_once import build_once
from zoo.layers.story_reader import position_weights

UNITS, TIME = 5, 7
MASK = np.arange(TIME) < np.array([[7], [4], [0]])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def randomised(layer, seed=0):
    rng = np.random.default_rng(seed)
    for weight in layer.trainable_weights:
        weight.assign(rng.normal(size=weight.shape))
    return layer


def of_numpy(layer, sentences, questions, mask):
    """The states of a loop over the sentences of one story, and the gates."""
    kernel, bias = (np.asarray(one, "float64") for one in layer.reduced.get_weights())
    gate_kernel, gate_bias = (np.asarray(one, "float64") for one in layer.gates.get_weights())
    reduced = np.tanh(np.concatenate([sentences, questions], -1) @ kernel + bias)
    gates = sigmoid((sentences * questions) @ gate_kernel + gate_bias)
    states = np.zeros_like(sentences)
    for way in range(2 if layer.two_ways else 1):
        state = np.zeros(UNITS)
        for t in range(TIME) if way == 0 else reversed(range(TIME)):
            z, r = gates[t, 0] * mask[t], gates[t, 1 + way]
            state = z * r * reduced[t] + (1 - z) * state
            states[t] += state
    return states, gates[:, 0] * mask


@pytest.mark.parametrize("two_ways", [True, False])
def test_states_are_those_of_a_loop_over_the_equations(two_ways):
    rng = np.random.default_rng(1)
    sentences, questions = rng.normal(size=(2, 3, TIME, UNITS)).astype("float32")
    layer = QueryReduction(UNITS, two_ways=two_ways)
    build_once(layer, sentences.shape)
    randomised(layer)
    states, gates = layer(sentences, questions, mask=MASK)
    for row in range(3):
        expected = of_numpy(layer, sentences[row], questions[row], MASK[row])
        np.testing.assert_allclose(states[row], expected[0], atol=1e-5)
        np.testing.assert_allclose(gates[row], expected[1], atol=1e-6)


def test_a_sentence_that_replaces_all_leaves_finite_states_and_gradients():
    import tensorflow as tf

    if keras.backend.backend() != "tensorflow":
        pytest.skip("gradients are taken by TensorFlow here")
    layer = QueryReduction(UNITS)
    build_once(layer, (None, None, UNITS))
    kernel, bias = layer.gates.get_weights()
    layer.gates.set_weights([0 * kernel, bias + 200])
    sentences = np.random.default_rng(0).normal(size=(1, 300, UNITS)).astype("float32")
    with tf.GradientTape() as tape:
        states, _ = layer(sentences, sentences)
        loss = tf.reduce_sum(states**2)
    # Each state is that of its own sentence alone, both ways.
    both = np.concatenate([sentences, sentences], -1)
    np.testing.assert_allclose(states, 2 * layer.reduced(both), atol=1e-4)
    for gradient in tape.gradient(loss, layer.trainable_variables):
        assert np.isfinite(gradient).all()


def test_at_first_most_sentences_are_passed_over():
    layer = QueryReduction(UNITS)
    build_once(layer, (None, None, UNITS))
    _, gates = layer(np.zeros((1, 2, UNITS)), np.zeros((1, 2, UNITS)))
    np.testing.assert_allclose(gates, sigmoid(-1), atol=1e-6)


def test_places_weigh_words_as_the_paper_says():
    mask = np.array([[True, True, True, False]])
    found = np.asarray(position_weights(mask, 4))[0]
    for j in range(1, 4):
        for k in range(1, 5):
            expected = (1 - j / 3) - (k / 4) * (1 - 2 * j / 3)
            assert found[j - 1, k - 1] == pytest.approx(expected, abs=1e-6)
    assert not found[3].any()


@pytest.fixture(params=[None, GRUCell], ids=["places", "gru"])
def reader(request):
    recurrence = request.param and Recurrent(request.param(UNITS))
    layers = [QueryReduction(UNITS), QueryReduction(UNITS, two_ways=False)]
    reader = StoryReader(keras.layers.Embedding(9, UNITS), layers, recurrence)
    reader.build()
    return randomised(reader)


def stories():
    rng = np.random.default_rng(0)
    words = rng.integers(1, 9, (2, 4, 3)) * (np.arange(3) < rng.integers(1, 4, (2, 4, 1)))
    return words.astype("int32"), rng.integers(1, 9, (2, 3)).astype("int32")


def test_order_of_words_and_of_sentences_matters(reader):
    words, asked = stories()
    vector, gates = reader(words, asked)
    assert vector.shape == (2, UNITS) and gates.shape == (2, 2, 4)
    turned, _ = reader(words[:, ::-1].copy(), asked)
    assert np.abs(np.asarray(vector) - np.asarray(turned)).max() > 1e-3
    full = np.array([[[1, 2, 3]]], "int32")
    one, _ = reader(full, asked[:1])
    other, _ = reader(full[..., ::-1].copy(), asked[:1])
    assert np.abs(np.asarray(one) - np.asarray(other)).max() > 1e-3


def test_padding_of_words_and_of_sentences_changes_nothing(reader):
    words, asked = stories()
    vector, gates = reader(words, asked)
    longer = np.pad(words, [(0, 0), (0, 3), (0, 2)])
    again, more = reader(longer, np.pad(asked, [(0, 0), (0, 1)]))
    np.testing.assert_allclose(again, vector, atol=1e-5)
    np.testing.assert_allclose(more[..., :4], gates, atol=1e-5)
    assert not np.any(more[..., 4:])


def test_without_a_sentence_the_vector_is_zero(reader):
    vector, gates = reader(np.zeros((1, 2, 3), "int32"), np.ones((1, 3), "int32"))
    assert not np.any(vector) and not np.any(gates)


def test_its_config_makes_it_again(reader):
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(reader))
    again.build()
    again.set_weights(reader.get_weights())
    words, asked = stories()
    np.testing.assert_allclose(again(words, asked)[0], reader(words, asked)[0], atol=1e-6)
