"""The decoder that is told where it looked: step by step, all at once, and against NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick

from zoo.cells import GRUCell, LSTMCell
from zoo.layers import AdditiveAttention, InputFeedingDecoder, MultiplicativeAttention, Recurrent

BATCH, TIME, SOURCE, MEMORY, VOCABULARY = 3, 5, 4, 6, 9
MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]], bool)


def decoder_of(cell=GRUCell, attention=AdditiveAttention, layers=1):
    decoder = InputFeedingDecoder(
        [Recurrent(cell(8)) for _ in range(layers)],
        attention(7),
        keras.layers.Embedding(VOCABULARY, 5),
        dropout=0.5,
    )
    decoder.build((None, None, MEMORY))
    decoder.built = True
    rng = np.random.default_rng(0)
    for variable in decoder.trainable_variables:
        variable.assign(rng.normal(size=variable.shape) * 0.5)
    return decoder


def example():
    rng = np.random.default_rng(1)
    memory = rng.normal(size=(BATCH, SOURCE, MEMORY)).astype("float32")
    return memory, rng.integers(0, VOCABULARY, (BATCH, TIME))


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize(
    "cell, attention", [(GRUCell, AdditiveAttention), (LSTMCell, MultiplicativeAttention)]
)
def test_step_by_step_is_all_at_once(cell, attention, layers):
    decoder = decoder_of(cell, attention, layers)
    memory, tokens = example()
    compiled = quick(decoder, decoder)
    at_once = ops.convert_to_numpy(compiled(memory, MASK, tokens))
    states, constants = decoder.start(memory, MASK)
    # Two hypotheses of a row, with other tokens after the first, must not see each other.
    states = [ops.repeat(ops.expand_dims(s, 1), 2, axis=1) for s in states]
    other = (tokens + np.arange(TIME)) % VOCABULARY
    other_at_once = ops.convert_to_numpy(compiled(memory, MASK, other))
    for t in range(TIME):
        pair = np.stack([tokens[:, t], other[:, t]], axis=1)
        logits, states, weights = decoder.step(pair, states, constants)
        np.testing.assert_allclose(logits[:, 0], at_once[:, t], atol=1e-5)
        np.testing.assert_allclose(logits[:, 1], other_at_once[:, t], atol=1e-5)
        np.testing.assert_allclose(ops.sum(weights, axis=-1), np.ones((BATCH, 2)), atol=1e-5)


def test_the_wiring_is_the_equations():
    """Chan et al. 2016, equations 6 to 8, one layer, in a loop."""
    decoder = decoder_of()
    memory, tokens = example()
    value = ops.convert_to_numpy
    mean = np.stack([memory[b][MASK[b]].mean(0) for b in range(BATCH)])
    state = np.tanh(mean @ value(decoder.start_dense.kernel) + value(decoder.start_dense.bias))
    embeddings = value(decoder.embedding.embeddings)
    asked = decoder.attention.precompute(memory, MASK)
    context, found = np.zeros((BATCH, MEMORY), "float32"), []
    for t in range(TIME):
        embedded = embeddings[tokens[:, t]]
        joined = np.concatenate([embedded, context], -1)
        state = value(decoder.layers[0].cell(joined, [state])[0])
        context = value(decoder.attention(state[:, None], asked)[0])[:, 0]
        readout = np.concatenate([state, context, embedded], -1)
        readout = np.tanh(readout @ value(decoder.readout.kernel) + value(decoder.readout.bias))
        found.append(readout @ embeddings.T + value(decoder.output_bias))
    at_once = quick(decoder, decoder)(memory, MASK, tokens)
    np.testing.assert_allclose(at_once, np.stack(found, 1), atol=1e-5)


def test_a_copy_of_its_config_computes_the_same():
    decoder = decoder_of(layers=2)
    memory, tokens = example()
    copy = InputFeedingDecoder.from_config(decoder.get_config())
    copy.build((None, None, MEMORY))
    copy.set_weights(decoder.get_weights())
    np.testing.assert_allclose(copy(memory, MASK, tokens), decoder(memory, MASK, tokens), atol=1e-6)


def test_dropout_is_on_in_training_alone():
    decoder = decoder_of()
    memory, tokens = example()
    still = ops.convert_to_numpy(decoder(memory, MASK, tokens))
    np.testing.assert_allclose(decoder(memory, MASK, tokens), still, atol=1e-6)
    assert (
        np.abs(ops.convert_to_numpy(decoder(memory, MASK, tokens, training=True)) - still).max()
        > 0.1
    )
