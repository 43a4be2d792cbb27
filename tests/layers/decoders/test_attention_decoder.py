"""The decoder step by step against the decoder at once, and its wiring against NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick
from small_decoders import BATCH, MASK, VOCABULARY, built, check_steps, example

from zoo.cells import GRUCell, LSTMCell
from zoo.layers import AdditiveAttention, AttentionDecoder, MultiplicativeAttention, Recurrent


def decoder_of(cell, attention, layers):
    decoder = AttentionDecoder(
        [Recurrent(cell(8)) for _ in range(layers)],
        attention(7),
        embedding=keras.layers.Embedding(VOCABULARY, 5),
        dropout=0.5,
    )
    return built(decoder)


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize(
    "cell, attention", [(GRUCell, AdditiveAttention), (LSTMCell, MultiplicativeAttention)]
)
def test_step_by_step_is_all_at_once(cell, attention, layers):
    check_steps(decoder_of(cell, attention, layers))


def test_the_wiring_is_the_equations():
    decoder = decoder_of(GRUCell, AdditiveAttention, 2)
    memory, tokens = example()
    lower, upper = decoder.layers
    value = ops.convert_to_numpy
    mean = np.stack([memory[b][MASK[b]].mean(0) for b in range(BATCH)])
    start = np.tanh(mean @ value(decoder.start_dense.kernel) + value(decoder.start_dense.bias))
    embedded = value(decoder.embedding.embeddings)[tokens]
    s1 = value(quick(lower, lower)(embedded, None, [start[:, :8]])[0])
    context, _ = decoder.attention(s1, decoder.attention.precompute(memory, MASK))
    context = value(context)
    joined = np.concatenate([s1, context], -1)
    s2 = value(quick(upper, upper)(joined, None, [start[:, 8:]])[0]) + s1
    readout = np.concatenate([s2, context, embedded], -1)
    readout = np.tanh(readout @ value(decoder.readout.kernel) + value(decoder.readout.bias))
    logits = readout @ value(decoder.embedding.embeddings).T + value(decoder.output_bias)
    at_once = quick(decoder, decoder)(memory, MASK, tokens)
    np.testing.assert_allclose(at_once, logits, atol=1e-5)


def test_it_sees_no_later_token():
    decoder = decoder_of(GRUCell, AdditiveAttention, 2)
    memory, tokens = example()
    compiled = quick(decoder, decoder)
    before = ops.convert_to_numpy(compiled(memory, MASK, tokens))
    tokens[:, 3:] = (tokens[:, 3:] + 1) % VOCABULARY
    after = ops.convert_to_numpy(compiled(memory, MASK, tokens))
    np.testing.assert_allclose(after[:, :3], before[:, :3], atol=1e-6)
    assert np.abs(after[:, 3:] - before[:, 3:]).max() > 1e-3


def test_an_embedding_is_wanted():
    decoder = AttentionDecoder([Recurrent(GRUCell(3))], AdditiveAttention(3))
    with pytest.raises(ValueError, match="has no embedding"):
        decoder.build((None, None, 4))


def test_a_layer_is_wanted():
    with pytest.raises(ValueError, match="at least one recurrent layer"):
        AttentionDecoder([], AdditiveAttention(3))
