"""Encoder and decoder of the Transformer against NumPy, and step by step against all at once."""

from __future__ import annotations

import keras
import numpy as np
import numpy_transformer
import pytest
from keras import ops
from quick import quick

from zoo.errors import ConfigError
from zoo.layers import TransformerDecoder, TransformerEncoder

VOCABULARY, UNITS, TIME = 9, 8, 7
SOURCE = np.array([[4, 5, 6, 7, 8], [3, 8, 0, 0, 0]], "int32")
TARGET = np.array([[2, 5, 4, 4, 8, 6, 7], [2, 7, 7, 3, 5, 8, 1]], "int32")


def random(layer, shape):
    layer.build(shape)
    layer.built = True
    rng = np.random.default_rng(0)
    for weight in layer.weights:
        weight.assign(rng.normal(size=weight.shape) * 0.4)
    return layer


def encoder(blocks=2, dropout=0.0):
    embedding = keras.layers.Embedding(VOCABULARY, UNITS)
    made = TransformerEncoder(embedding, blocks, heads=2, hidden_units=12, dropout=dropout)
    return random(made, (None, None))


def decoder(blocks=2, context=4, memory=UNITS):
    embedding = keras.layers.Embedding(VOCABULARY, UNITS)
    made = TransformerDecoder(UNITS, blocks, 2, 12, context, embedding, dropout=0.5)
    return random(made, (None, None, memory))


def test_the_encoder_is_its_equations_and_padding_is_not_seen():
    layer = encoder()
    memory, mask = quick(layer, layer)(SOURCE)
    for row, tokens in enumerate(SOURCE):
        tokens = tokens[tokens != 0]
        expected = numpy_transformer.encoder(layer, tokens)
        np.testing.assert_allclose(memory[row, : len(tokens)], expected, atol=1e-4)
    np.testing.assert_array_equal(mask, SOURCE != 0)


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_the_decoder_is_its_equations(blocks):
    layer = decoder(blocks)
    memory = np.random.default_rng(1).normal(size=(2, 5, UNITS)).astype("float32")
    logits = quick(layer, layer)(memory, SOURCE != 0, TARGET)
    for row in range(2):
        real = memory[row, SOURCE[row] != 0]
        expected, _ = numpy_transformer.decoder(layer, real, TARGET[row])
        np.testing.assert_allclose(logits[row], expected, atol=1e-4)


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_step_by_step_is_all_at_once_for_every_hypothesis(blocks):
    layer = decoder(blocks)
    memory = np.random.default_rng(1).normal(size=(2, 5, UNITS)).astype("float32")
    mask, compiled = SOURCE != 0, quick(layer, layer)
    other = TARGET[:, ::-1]
    at_once = [ops.convert_to_numpy(compiled(memory, mask, ids)) for ids in (TARGET, other)]
    states, constants = layer.start(memory, mask)
    states = [ops.repeat(ops.expand_dims(state, 1), 2, axis=1) for state in states]
    step = quick(layer.step, layer)
    for t in range(TIME):
        pair = np.stack([TARGET[:, t], other[:, t]], axis=1)
        logits, states, weights = step(pair, states, constants)
        for hypothesis in range(2):
            np.testing.assert_allclose(logits[:, hypothesis], at_once[hypothesis][:, t], atol=1e-4)
        for row in range(2):
            ids = TARGET[row, : t + 1]
            _, means = numpy_transformer.decoder(layer, memory[row, mask[row]], ids)
            found = ops.convert_to_numpy(weights)[row, 0, mask[row]]
            np.testing.assert_allclose(found, means[-1], atol=1e-4)


def test_both_are_saved_as_they_are(tmp_path):
    for layer in (encoder(dropout=0.25), decoder(3, context=5)):
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()


def test_what_makes_no_sense_is_refused():
    embedding = keras.layers.Embedding(VOCABULARY, 6)
    with pytest.raises(ConfigError, match="one block or more, not 0"):
        TransformerEncoder(embedding, 0)
    with pytest.raises(ConfigError, match="one block or more, not 0"):
        TransformerDecoder(8, 0)
    with pytest.raises(ConfigError, match="8 units wants embedding vectors as wide, not of 6"):
        TransformerDecoder(8, embedding=embedding).build((None, None, 8))
    with pytest.raises(ConfigError, match="8 units wants memory vectors as wide, not of 6"):
        decoder(memory=6)
