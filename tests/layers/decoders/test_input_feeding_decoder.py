"""The decoder that is told where it looked: step by step, all at once, and against NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick
from small_decoders import BATCH, MASK, MEMORY, TIME, VOCABULARY, built, check_steps, example

from zoo.cells import GRUCell, LSTMCell
from zoo.layers import AdditiveAttention, InputFeedingDecoder, MultiplicativeAttention, Recurrent


def decoder_of(cell=GRUCell, attention=AdditiveAttention, layers=1):
    decoder = InputFeedingDecoder(
        [Recurrent(cell(8)) for _ in range(layers)],
        attention(7),
        keras.layers.Embedding(VOCABULARY, 5),
        dropout=0.5,
    )
    return built(decoder)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize(
    "cell, attention", [(GRUCell, AdditiveAttention), (LSTMCell, MultiplicativeAttention)]
)
def test_step_by_step_is_all_at_once(cell, attention, layers):
    check_steps(decoder_of(cell, attention, layers))


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
