"""`zoo.build("nmt")`: what its settings build, what is refused, and that the model learns."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick
from small_nmt import BOS, EOS, logits_of, random_batch, small_nmt, teacher_forced

import zoo
from zoo.decoding import BeamSearch, GreedySearch
from zoo.errors import ConfigError
from zoo.inputs import Array, SentencePieceTokenizer, Text
from zoo.layers import Bidirectional, Recurrent, TransformerEncoder
from zoo.training.losses import SmoothedCrossEntropy

# Every cell with one attention, and every attention with one cell.
PAIRS = [(cell, "additive") for cell in zoo.list_cells()]
PAIRS += [("gru", attention) for attention in zoo.list_attentions() if attention != "additive"]


@pytest.mark.parametrize(("cell", "attention"), PAIRS)
def test_every_cell_and_every_attention(cell, attention):
    model = small_nmt(cell=cell, attention=attention)
    inputs, labels, _ = random_batch()
    logits = logits_of(model, inputs)
    assert logits.shape == (*labels.shape, 20)
    assert np.isfinite(logits).all()
    assert isinstance(model.decoder.attention, zoo.catalogue.attentions.get(attention))
    assert isinstance(model.decoder.layers[0].cell, zoo.catalogue.cells.get(cell))


def test_settings_are_what_is_built():
    model = zoo.build(
        "nmt",
        cell="lstm",
        units=12,
        embedding_size=5,
        encoder_layers=3,
        decoder_layers=2,
        dropout=0.25,
        recurrent_dropout=0.125,
        vocabulary_size=30,
        name="mine",
    )
    stack = model.encoder.recurrence
    assert [type(layer) for layer in stack.layers] == [Bidirectional] * 3
    assert stack.residual and stack.output_size == 12
    assert stack.layers[0].forward.cell.units == 6
    assert [layer.cell.units for layer in model.decoder.layers] == [12, 12]
    assert model.decoder.attention.units == 12
    assert (model.encoder.embedding.input_dim, model.encoder.embedding.output_dim) == (30, 5)
    assert {model.encoder.dropout, stack.dropout, model.decoder.dropout} == {0.25}
    recurrent = [stack.layers[0].forward, stack.layers[0].backward, *model.decoder.layers]
    assert {layer.recurrent_dropout for layer in recurrent} == {0.125}
    assert model.name == "mine" and model.built and model.task == "nmt"


SYSTEMS = {
    "without attention": {"attention": None},
    "deep": {"encoder_layers": 4, "decoder_layers": 4, "bidirectional_layers": 1},
    "transformer": {"body": "transformer", "heads": 2},
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_searches_as_it_is_taught(system):
    """Hypotheses of a beam have the log-probabilities that teacher forcing gives them."""
    model = small_nmt(**SYSTEMS[system])
    inputs, _, _ = random_batch()

    def decode(source):
        states, constants = model.start(source)
        found = BeamSearch(3, n_best=3, max_length=6)(
            model.step, states, constants, np.full(len(source), 6)
        )
        return found.ids, found.log_probs, found.lengths

    found = map(ops.convert_to_numpy, quick(decode, model)(inputs["source"]))
    for row, (ids, log_probs, lengths) in enumerate(zip(*found, strict=True)):
        source = inputs["source"][row]
        for hypothesis, log_prob, length in zip(ids, log_probs, lengths, strict=True):
            output = hypothesis[:length].tolist()
            known = teacher_forced(model, [source[source != 0].tolist()], [output])[0]
            expected = sum(known[t, token] for t, token in enumerate(output))
            assert log_prob == pytest.approx(expected, abs=1e-3)


def test_without_attention_the_source_is_read_from_its_end():
    model = small_nmt(attention=None, encoder_layers=2)
    assert model.encoder.pooling == "final" and not model.has_attention
    assert [layer.go_backwards for layer in model.encoder.recurrence.layers] == [True, True]
    assert model.decoder.repeat_memory
    inputs, _, _ = random_batch()
    assert model.start(inputs["source"])[1].shape == (3, 16)  # the states of two layers of 8


def test_deep_residual_layers_above_one_of_both_directions():
    model = small_nmt(**SYSTEMS["deep"])
    stack = model.encoder.recurrence
    assert [type(layer) for layer in stack.layers] == [Bidirectional] + [Recurrent] * 3
    assert stack.residual and len(model.decoder.layers) == 4
    assert not any(layer.go_backwards for layer in stack.layers[1:])


def test_a_transformer_has_one_width_and_shares_its_embedding():
    model = small_nmt(**SYSTEMS["transformer"], units=12, hidden_units=20, decoder_layers=3)
    assert isinstance(model.encoder, TransformerEncoder)
    assert model.decoder.embedding is model.encoder.embedding
    assert model.encoder.embedding.output_dim == 12
    assert len(model.encoder.blocks) == 1 and len(model.decoder.blocks) == 3
    blocks = [*model.encoder.blocks, *model.decoder.blocks]
    assert {block.hidden_layer.units for block in blocks} == {20}
    assert model.has_attention


def test_one_vocabulary_is_one_matrix(trained_proto):
    tokenizer = SentencePieceTokenizer(trained_proto)
    for shared in ({"vocabulary_size": 20}, {"source_tokenizer": tokenizer}):
        model = small_nmt(**shared)
        assert model.decoder.embedding is model.encoder.embedding
        assert sum("embeddings" in weight.path for weight in model.weights) == 1


def test_two_vocabularies_are_two_matrices(trained_proto):
    source, target = SentencePieceTokenizer(trained_proto), SentencePieceTokenizer(trained_proto)
    model = small_nmt(source_tokenizer=source, target_tokenizer=target)
    assert model.decoder.embedding is not model.encoder.embedding
    assert model.target_tokenizer is target
    assert logits_of(model, random_batch()[0]).shape == (3, 5, 150)


def test_vocabularies_may_differ_in_size():
    class Sized(Text):
        arrays = {"source": Array((None,), "int32", is_ids=True)}

        def __init__(self, size):
            super().__init__()
            self.vocabulary_size = size

    model = small_nmt(source_tokenizer=Sized(25), target_tokenizer=Sized(21))
    assert model.encoder.embedding.input_dim == 25
    assert logits_of(model, random_batch()[0]).shape == (3, 5, 21)


@pytest.mark.parametrize(
    "config, sentence",
    [
        ({}, "needs source_tokenizer=... or vocabulary_size=..."),
        ({"vocabulary_size": 20, "units": 7}, "units is halved .* so not 7"),
        ({"vocabulary_size": 20, "unit": 8}, "no setting 'unit'; did you mean 'units'"),
        ({"vocabulary_size": 20, "units": 0}, "positive number of units, not 0"),
        ({"vocabulary_size": 20, "encoder_layers": 0}, "at least one layer"),
        ({"vocabulary_size": 20, "decoder_layers": 0}, "at least one recurrent layer"),
        ({"vocabulary_size": 20, "recurrent_dropout": 1.0}, "recurrent_dropout must be in"),
        ({"vocabulary_size": 20, "bidirectional_layers": 3}, "from 0 to the encoder's 2 layers"),
        ({"vocabulary_size": 20, "body": "rnn"}, "no body 'rnn': take one of recurrent, transfor"),
        (
            {"vocabulary_size": 20, "body": "transformer", "cell": "lstm"},
            "cell is a setting of body='recurrent', and body='transformer' has no use for it",
        ),
        (
            {"vocabulary_size": 20, "body": "transformer", "attention": None},
            "attention is a setting of body='recurrent'",
        ),
    ],
)
def test_bad_settings_get_one_sentence(config, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        zoo.build("nmt", **config)
    assert "\n" not in str(caught.value)


def test_a_tokenizer_knows_its_size(trained_proto):
    with pytest.raises(ConfigError, match="vocabulary_size is 20, but the tokenizer has 150"):
        zoo.build("nmt", vocabulary_size=20, source_tokenizer=SentencePieceTokenizer(trained_proto))


def reversals(count, seed):
    """Sentences of 3 or 4 out of 8 words; a translation has them in the other order."""
    rng = np.random.default_rng(seed)
    source, target = np.zeros((count, 5), "int32"), np.zeros((count, 5), "int32")
    labels = np.zeros((count, 5), "int32")
    for row in range(count):
        words = rng.integers(4, 12, rng.integers(3, 5))
        end = len(words)
        source[row, : end + 1] = [*words, EOS]
        target[row, : end + 1] = [BOS, *words[::-1]]
        labels[row, : end + 1] = [*words[::-1], EOS]
    return {"source": source, "target": target}, labels, (labels != 0).astype("float32")


def greedy(model, source):
    """The ids of greedy search, `[batch, time]`."""

    def decode(source):
        states, constants = model.decoder.start(*model.encoder(source))
        limits = np.full(len(source), 5)
        return GreedySearch(max_length=5)(model.decoder.step, states, constants, limits).ids

    return ops.convert_to_numpy(quick(decode, model)(source))[:, 0]


class StopBelow(keras.callbacks.Callback):
    """Ends training when the loss is low enough."""

    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = logs["loss"] < self.loss


def test_a_toy_language_is_learned():
    """Reversal: nothing but attention knows where the next word stands."""
    keras.utils.set_random_seed(0)
    model = zoo.build(
        "nmt",
        units=32,
        embedding_size=16,
        encoder_layers=1,
        decoder_layers=1,
        dropout=0.0,
        vocabulary_size=12,
    )
    model.compile(
        keras.optimizers.Adam(2e-2, global_clipnorm=1.0),
        SmoothedCrossEntropy(),
        jit_compile="auto" if keras.backend.backend() == "jax" else False,
    )
    inputs, labels, weights = reversals(32 * 60, seed=1)
    enough = StopBelow(0.02)
    model.fit(inputs, labels, 32, epochs=15, sample_weight=weights, verbose=0, callbacks=[enough])
    inputs, labels, _ = reversals(200, seed=2)
    right = (greedy(model, inputs["source"]) == labels).all(axis=1)
    assert right.mean() > 0.95
