"""Decoders that copy and know where they looked: the equations of See et al. 2017, in NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick
from small_decoders import BATCH, MASK, MEMORY, SOURCE, TIME, VOCABULARY, built, example

from zoo.cells import GRUCell
from zoo.layers import AdditiveAttention, AttentionDecoder, InputFeedingDecoder, Recurrent
from zoo.layers.copying import copied_log_probs

# A token stands twice, one is the padding of a row, one is not in the vocabulary's beginning.
IDS = np.array([[4, 5, 4, 3], [8, 3, 0, 0], [6, 6, 3, 0]], "int32")
KINDS = [AttentionDecoder, InputFeedingDecoder]


def decoder_of(kind=AttentionDecoder, layers=1, **settings):
    settings = {"copying": True, "coverage_loss": 0.5, **settings}
    return built(
        kind(
            [Recurrent(GRUCell(8)) for _ in range(layers)],
            AdditiveAttention(7, coverage=True),
            keras.layers.Embedding(VOCABULARY, 5),
            **settings,
        )
    )


def softmax(x):
    x = np.exp(x - x.max(-1, keepdims=True))
    return x / x.sum(-1, keepdims=True)


def reference(decoder, memory, tokens):
    """Equations 8, 9 and 11 in loops; log-probabilities, and weights `[batch, time, source]`."""
    value = ops.convert_to_numpy
    (embeddings,) = map(value, decoder.embedding.weights)
    dense = {
        name: tuple(map(value, getattr(decoder, name).weights))
        for name in ("start_dense", "readout", "gate")
    }
    attention = {
        weight.name: value(weight).astype("float64") for weight in decoder.attention.weights
    }
    feeds = isinstance(decoder, InputFeedingDecoder)
    log_probs = np.zeros((BATCH, TIME, VOCABULARY))
    looked = np.zeros((BATCH, TIME, SOURCE))
    for b in range(BATCH):
        real = memory[b][MASK[b]]
        state = np.tanh(real.mean(0) @ dense["start_dense"][0] + dense["start_dense"][1])
        coverage, context = np.zeros(SOURCE), np.zeros(MEMORY, "float32")
        for t in range(TIME):
            vector = embeddings[tokens[b, t]]
            read = np.concatenate([vector, context]) if feeds else vector
            state = value(decoder.layers[0].cell(read[None].astype("float32"), [state[None]])[0])[0]
            scores = np.full(SOURCE, -np.inf)
            for i in np.flatnonzero(MASK[b]):
                hidden = (
                    state @ attention["query_kernel"] + memory[b, i] @ attention["memory_kernel"]
                )
                hidden += attention["bias"] + coverage[i] * attention["coverage_kernel"][0]
                scores[i] = np.tanh(hidden) @ attention["score_kernel"][:, 0]
            weights = softmax(scores)
            context = (weights @ memory[b]).astype("float32")
            joined = np.concatenate([state, context, vector])
            readout = np.tanh(joined @ dense["readout"][0] + dense["readout"][1])
            written = softmax(readout @ embeddings.T + value(decoder.output_bias))
            gate = 1 / (1 + np.exp(-(joined @ dense["gate"][0] + dense["gate"][1])))
            probabilities = gate * written
            for i in range(SOURCE):
                probabilities[IDS[b, i]] += (1 - gate[0]) * weights[i]
            log_probs[b, t], looked[b, t] = np.log(probabilities), weights
            coverage = coverage + weights
    return log_probs, looked


@pytest.mark.parametrize("kind", KINDS)
def test_is_the_equations(kind):
    decoder = decoder_of(kind)
    memory, tokens = example()
    expected, _ = reference(decoder, memory, tokens)
    found = ops.convert_to_numpy(quick(decoder, decoder)(memory, MASK, tokens, IDS))
    np.testing.assert_allclose(found, expected, atol=2e-4)
    np.testing.assert_allclose(np.exp(found).sum(-1), np.ones((BATCH, TIME)), atol=1e-5)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("settings", [{}, {"copying": False}], ids=["copies", "covers"])
def test_step_by_step_is_all_at_once(kind, layers, settings):
    decoder = decoder_of(kind, layers, **settings)
    memory, tokens = example()
    compiled = quick(decoder, decoder)
    other = (tokens + np.arange(TIME)) % VOCABULARY
    expected = [ops.convert_to_numpy(compiled(memory, MASK, one, IDS)) for one in (tokens, other)]
    states, constants = decoder.start(memory, MASK, IDS)
    states = [ops.repeat(ops.expand_dims(state, 1), 2, axis=1) for state in states]
    seen = 0
    for t in range(TIME):  # two hypotheses side by side, each with its own coverage
        pair = np.stack([tokens[:, t], other[:, t]], axis=1)
        found, states, weights = decoder.step(pair, states, constants)
        for place in range(2):
            np.testing.assert_allclose(found[:, place], expected[place][:, t], atol=1e-4)
        seen = seen + ops.convert_to_numpy(weights)
        place = -1 if kind is AttentionDecoder else -2  # before the context that is fed
        np.testing.assert_allclose(states[place], seen, atol=1e-5)


def test_looking_again_costs_its_overlap():
    decoder = decoder_of()
    memory, tokens = example()
    tokens = np.where(np.arange(TIME) < [[5], [3], [0]], np.maximum(tokens, 1), 0)
    decoder(memory, MASK, tokens, IDS)
    assert not decoder.losses
    decoder(memory, MASK, tokens, IDS, training=True)
    (loss,) = decoder.losses
    _, weights = reference(decoder, memory, tokens)
    total = 0.0
    for b in range(BATCH):
        for t in range(TIME):
            before = weights[b, :t].sum(0)
            total += np.minimum(weights[b, t], before).sum() * (tokens[b, t] != 0)
    assert float(loss) == pytest.approx(0.5 * total / (BATCH * TIME), rel=1e-4)


def test_the_gradient_is_that_of_finite_differences():
    rng = np.random.default_rng(3)
    logits = rng.normal(size=(1, 2, VOCABULARY)).astype("float32")
    gate = rng.normal(size=(1, 2, 1)).astype("float32")
    weights = softmax(rng.normal(size=(1, 2, SOURCE))).astype("float32")
    labels = [4, 7]  # one that is copied, one that is written alone

    def loss(logits, gate, weights):
        found = copied_log_probs(logits, gate, weights, IDS[:1])
        return -(found[0, 0, labels[0]] + found[0, 1, labels[1]])

    arrays = [logits, gate, weights]
    variables = [keras.Variable(array) for array in arrays]
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            value = loss(*(ops.convert_to_tensor(one) for one in variables))
        gradients = tape.gradient(value, [one.value for one in variables])
    else:
        import jax

        gradients = jax.grad(loss, argnums=(0, 1, 2))(*arrays)
    for number, gradient in enumerate(gradients):
        found = ops.convert_to_numpy(gradient)
        for place in np.ndindex(arrays[number].shape):
            moved = []
            for step in (1e-2, -1e-2):
                changed = [array.copy() for array in arrays]
                changed[number][place] += step
                moved.append(float(loss(*changed)))
            assert found[place] == pytest.approx((moved[0] - moved[1]) / 2e-2, abs=2e-3)


def test_nothing_is_copied_where_nothing_is_real():
    found = copied_log_probs(
        np.zeros((1, 1, 3), "float32"),
        np.zeros((1, 1, 1), "float32"),
        np.zeros((1, 1, 2)),
        IDS[:1, 3:].repeat(2, 1) * 0,
    )
    np.testing.assert_allclose(np.exp(found)[0, 0], [1 / 6] * 3, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_of_its_config_computes_the_same(kind):
    decoder = decoder_of(kind, 2)
    memory, tokens = example()
    copy = kind.from_config(decoder.get_config())
    assert copy.copying and copy.coverage and copy.coverage_loss == 0.5
    copy.build((None, None, MEMORY))
    copy.set_weights(decoder.get_weights())
    one, other = (layer(memory, MASK, tokens, IDS) for layer in (copy, decoder))
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_files_without_it_are_as_they_were():
    layers, embedding = [Recurrent(GRUCell(8))], keras.layers.Embedding(VOCABULARY, 5)
    config = AttentionDecoder(layers, AdditiveAttention(7), embedding).get_config()
    assert not {"copying", "coverage_loss"} & config.keys()
    assert "coverage" not in config["attention"]["config"]


def test_what_does_not_go_together_is_refused():
    layers, embedding = [Recurrent(GRUCell(8))], keras.layers.Embedding(VOCABULARY, 5)
    with pytest.raises(ValueError, match="wants an attention with coverage=True"):
        AttentionDecoder(layers, AdditiveAttention(7), embedding, coverage_loss=1.0)
    with pytest.raises(ValueError, match="coverage_loss is at least 0, not -1"):
        AttentionDecoder(layers, AdditiveAttention(7, True), embedding, coverage_loss=-1)
    decoder, (memory, _) = decoder_of(), example()
    with pytest.raises(ValueError, match="copying=True wants the source's tokens"):
        decoder.start(memory, MASK)
