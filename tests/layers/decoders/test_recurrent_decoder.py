"""The decoder without attention against NumPy; and the regularisation of the one with it."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick
from small_decoders import BATCH, MASK, MEMORY, SOURCE, TIME, VOCABULARY, built

from zoo.cells import GRUCell, SimpleRNNCell
from zoo.layers import AdditiveAttention, AttentionDecoder, Recurrent, RecurrentDecoder


def example():
    rng = np.random.default_rng(1)
    memory = rng.normal(size=(BATCH, SOURCE, MEMORY)).astype("float32")
    return memory, rng.integers(1, VOCABULARY, (BATCH, TIME))


@pytest.mark.parametrize("layers", [1, 2])
def test_step_by_step_is_all_at_once(layers):
    recurrent = [Recurrent(GRUCell(8)) for _ in range(layers)]
    decoder = built(RecurrentDecoder(recurrent, keras.layers.Embedding(VOCABULARY, 5), 0.5))
    memory, tokens = example()
    at_once = ops.convert_to_numpy(quick(decoder, decoder)(memory, MASK, tokens))
    step = quick(decoder.step, decoder)
    states, constants = decoder.start(memory, MASK)
    states = [ops.repeat(ops.expand_dims(s, 1), 2, axis=1) for s in states]
    for t in range(TIME):
        pair = np.stack([tokens[:, t], np.full(BATCH, t)], axis=1)
        logits, new, weights = step(pair, states, constants)
        np.testing.assert_allclose(logits[:, 0], at_once[:, t], atol=1e-5)
        assert weights is None
        states = [ops.repeat(state[:, :1], 2, axis=1) for state in new]


def test_is_its_equations():
    decoder = built(
        RecurrentDecoder([Recurrent(SimpleRNNCell(8))], keras.layers.Embedding(VOCABULARY, 5))
    )
    memory, tokens = example()
    logits = ops.convert_to_numpy(quick(decoder, decoder)(memory, MASK, tokens))
    embedding = ops.convert_to_numpy(decoder.embedding.embeddings)
    kernel, recurrent, bias = map(ops.convert_to_numpy, decoder.layers[0].cell.weights)
    start, start_bias = map(ops.convert_to_numpy, decoder.start_dense.weights)
    readout, readout_bias = map(ops.convert_to_numpy, decoder.readout.weights)
    for b in range(BATCH):
        mean = memory[b, MASK[b]].mean(0)
        state = np.tanh(mean @ start + start_bias)
        for t in range(TIME):
            vector = embedding[tokens[b, t]]
            state = np.tanh(vector @ kernel + state @ recurrent + bias)
            out = np.tanh(np.concatenate([state, vector]) @ readout + readout_bias)
            expected = out @ embedding.T + ops.convert_to_numpy(decoder.output_bias)
            np.testing.assert_allclose(logits[b, t], expected, atol=1e-4)


def test_remade_from_its_config():
    decoder = built(
        RecurrentDecoder([Recurrent(GRUCell(8))], keras.layers.Embedding(VOCABULARY, 5), 0.1)
    )
    again = built(
        keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(decoder))
    )
    again.set_weights(decoder.get_weights())
    memory, tokens = example()
    one, other = (quick(layer, layer)(memory, MASK, tokens) for layer in (decoder, again))
    np.testing.assert_array_equal(one, other)
    assert again.dropout == 0.1


def test_no_layer():
    with pytest.raises(ValueError, match="RecurrentDecoder wants at least one recurrent layer"):
        RecurrentDecoder([])


# The doubly stochastic loss -----------------------------------------------------------------------


def attending(**settings):
    return built(
        AttentionDecoder(
            [Recurrent(GRUCell(8))],
            AdditiveAttention(7),
            keras.layers.Embedding(VOCABULARY, 5),
            **settings,
        )
    )


def test_doubly_stochastic_loss_is_its_equation():
    decoder = attending(doubly_stochastic=0.7)
    memory, tokens = example()
    tokens[1, 3:] = 0
    tokens[2] = 0  # a row that only fills the batch
    decoder(memory, MASK, tokens)
    assert decoder.losses == []
    decoder(memory, MASK, tokens, training=True)
    (loss,) = decoder.losses

    states, constants = decoder.start(memory, MASK)
    states = [ops.expand_dims(s, 1) for s in states]
    seen, step = np.zeros((BATCH, SOURCE)), quick(decoder.step, decoder)
    for t in range(TIME):
        _, states, weights = step(tokens[:, t : t + 1], states, constants)
        seen += ops.convert_to_numpy(weights)[:, 0] * (tokens[:, t] != 0)[:, None]
    real = np.concatenate([(1 - seen[b, MASK[b]]) ** 2 for b in (0, 1)])
    np.testing.assert_allclose(loss, 0.7 * real.mean(), rtol=1e-4)


def test_no_doubly_stochastic_loss_by_default():
    decoder = attending()
    memory, tokens = example()
    decoder(memory, MASK, tokens, training=True)
    assert decoder.losses == []
    config = decoder.get_config()
    del config["doubly_stochastic"]  # of a file that was saved before there was one
    assert AttentionDecoder.from_config(config).doubly_stochastic == 0
    with pytest.raises(ValueError, match="doubly_stochastic is at least 0"):
        attending(doubly_stochastic=-1)
