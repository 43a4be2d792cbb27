"""Language models that learn by a sample of their words."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops
from small_lm import small_lm

from zoo.data import stream_batches
from zoo.tasks.language_modelling.sampled_bptt import SampledBPTT, in_streams
from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT
from zoo.training.losses import SmoothedCrossEntropy

ROWS, TIME, SIZE = 3, 5, 11
IDS = np.random.default_rng(0).integers(0, SIZE, ROWS * TIME * 4 + 1)
COUNTS = np.bincount(IDS, minlength=SIZE)
JIT = "auto" if keras.backend.backend() == "jax" else False


def batches():
    return stream_batches(IDS, rows=ROWS, time=TIME)


def fitted(negatives, learning_rate=0.3, epochs=1, **config):
    keras.utils.set_random_seed(5)
    model = in_streams(small_lm(cell="gru", **config), ROWS, COUNTS, negatives)
    loss = None if negatives else SmoothedCrossEntropy()
    model.compile(keras.optimizers.SGD(learning_rate), loss, jit_compile=JIT)
    losses = model.fit(batches(), verbose=0, epochs=epochs, shuffle=False).history["loss"]
    return model.language_model, losses


def test_with_all_words_drawn_a_step_is_that_of_the_whole_softmax():
    """Of 400 draws of eleven words each is among them, and the state is carried alike."""
    assert isinstance(in_streams(small_lm(), ROWS, COUNTS), TruncatedBPTT)
    (whole, loss), (sampled, sampled_loss) = fitted(0), fitted(400)
    np.testing.assert_allclose(sampled_loss, loss, rtol=1e-4)
    for one, other in zip(sampled.weights, whole.weights, strict=True):
        np.testing.assert_allclose(
            ops.convert_to_numpy(one), ops.convert_to_numpy(other), rtol=1e-3, atol=1e-5
        )


def test_few_words_teach_what_all_teach():
    (whole, _), (sampled, _) = (fitted(n, learning_rate=0.5, epochs=25) for n in (0, 4))

    def nats(model):
        return float(-model.read(IDS[None])[0].mean())

    assert nats(whole) < nats(small_lm(cell="gru")) - 0.15
    assert nats(sampled) < nats(small_lm(cell="gru")) - 0.12


def test_words_are_drawn_anew_each_time_and_by_their_counts():
    model = SampledBPTT(small_lm(), ROWS, COUNTS, 4000, power=1.0)
    first, second = (ops.convert_to_numpy(model.draw()) for _ in range(2))
    assert first.dtype == "int32" and (first != second).any()
    share = np.bincount(first, minlength=SIZE) / 4000
    np.testing.assert_allclose(share, COUNTS / COUNTS.sum(), atol=0.03)
