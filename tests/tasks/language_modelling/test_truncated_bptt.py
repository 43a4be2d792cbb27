"""The carried state: one long text in pieces is the text as a whole, and each epoch begins anew."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from small_lm import small_lm

from zoo.data import stream_batches
from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.training_run import TrainingRun

ROWS, TIME = 3, 5
IDS = np.random.default_rng(0).integers(0, 11, ROWS * TIME * 4 + 1)


def compiled(learning_rate=0.0, **config):
    model = TruncatedBPTT(small_lm(**config), ROWS)
    optimizer = keras.optimizers.SGD(learning_rate)
    jit = "auto" if keras.backend.backend() == "jax" else False
    model.compile(optimizer, SmoothedCrossEntropy(), jit_compile=jit)
    return model


def batches(epoch=0, **settings):
    return stream_batches(IDS, rows=ROWS, time=TIME, epoch=epoch, **settings)


def carried(model):
    return [ops.convert_to_numpy(state) for state in model.carried]


@pytest.mark.parametrize(
    "config",
    [
        {"cell": "lstm"},
        {"cell": "gru"},
        {"body": "tcn", "layers": 2},
        {"body": "transformer", "layers": 1, "context": 20},
    ],
)
def test_the_loss_in_pieces_is_that_of_the_whole(config):
    model = compiled(**config)
    pieces = [(inputs["tokens"].numpy(), labels.numpy()) for inputs, labels in batches()]
    tokens, labels = (np.concatenate(side, axis=1) for side in zip(*pieces, strict=True))
    logits, state = model.language_model({"tokens": tokens}, return_state=True)
    logits = ops.convert_to_numpy(logits).astype("float64")
    log_probs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    expected = -np.take_along_axis(log_probs, labels[..., None], -1).mean()
    # The second epoch, and `evaluate`, do not go on from the first.
    history = model.fit(batches(), verbose=0, epochs=2, shuffle=False).history
    np.testing.assert_allclose(history["loss"], expected, rtol=1e-4)
    np.testing.assert_allclose(model.evaluate(batches(), verbose=0), expected, rtol=1e-4)
    for one, other in zip(carried(model), keras.tree.flatten(state), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_gradients_end_at_the_beginning_of_a_batch():
    """A step is that of the batch alone, begun from the carried state as it is."""
    model = compiled(learning_rate=0.5)
    pieces = [(inputs["tokens"].numpy(), labels.numpy()) for inputs, labels in batches()]
    (first, labels), (second, more_labels), *_ = pieces
    model.train_on_batch({"tokens": first, "begins": np.ones(ROWS, bool)}, labels)
    alone = small_lm()
    alone.set_weights(model.language_model.get_weights())
    state = keras.tree.pack_sequence_as(alone.get_initial_state(ROWS), carried(model))
    model.train_on_batch({"tokens": second, "begins": np.zeros(ROWS, bool)}, more_labels)

    class FromState(keras.Model):
        def call(self, inputs, training=False):
            return alone(inputs, initial_state=state, training=training)

    peer = FromState()
    peer.inner = alone
    jit = "auto" if keras.backend.backend() == "jax" else False
    peer.compile(keras.optimizers.SGD(0.5), SmoothedCrossEntropy(), jit_compile=jit)
    peer.train_on_batch({"tokens": second}, more_labels)
    for one, other in zip(model.language_model.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_an_interrupted_epoch_goes_on_with_its_state(tmp_path):
    settings = {"input_dropout": 0.2, "weight_dropout": 0.2, "dropout": 0.2, "token_dropout": 0.2}

    def trained(folder, parts):
        for start, end in parts:
            keras.utils.set_random_seed(7)
            model = compiled(learning_rate=0.3, **settings)
            run = TrainingRun(tmp_path / folder, model)
            model.fit(batches(start=start).take(end - start), verbose=0, shuffle=False)
            run.save(end)
        return model

    whole, resumed = trained("a", [(0, 4)]), trained("b", [(0, 2), (2, 4)])
    for one, other in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_allclose(
            ops.convert_to_numpy(one), ops.convert_to_numpy(other), rtol=1e-5, atol=1e-6
        )


def test_a_cache_is_neither_trained_nor_carried():
    cached = small_lm(cache={"size": 9})
    model = TruncatedBPTT(cached, ROWS)
    assert len(model.carried) == len(TruncatedBPTT(cached.with_cache(0), ROWS).carried)
    before = [ops.convert_to_numpy(weight) for weight in cached.trainable_weights]
    jit = "auto" if keras.backend.backend() == "jax" else False
    model.compile(keras.optimizers.SGD(0.1), SmoothedCrossEntropy(), jit_compile=jit)
    model.fit(batches(), verbose=0, shuffle=False)
    for weight, old in zip(cached.trainable_weights, before, strict=True):
        assert np.abs(ops.convert_to_numpy(weight) - old).max() > 0, weight.path
