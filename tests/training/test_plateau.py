"""The rate that halves where scores stop getting better: beside Keras's, by hand, and resumed."""

from __future__ import annotations

import signal

import keras
import numpy as np
import pytest
from signalled import Ask

from zoo.errors import Interrupted
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, train_epochs
from zoo.training.optimizers import adam
from zoo.training.plateau import HalveRate, WarmupPlateau, halvings
from zoo.training.training_run import TrainingRun

STEPS = 5
SCORES = [1.0, 3.0, 2.0, 3.0, 2.5, 4.0, 1.0, 1.0]  # no better one in 3 and 4, then in 7 and 8


def small_model(optimizer):
    inputs = keras.Input((1,))
    outputs = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs)
    made = keras.Model(inputs, outputs)
    made.compile(optimizer=optimizer, loss=lambda y, out: out)
    return made


def test_it_halves_when_keras_does():
    rng = np.random.default_rng(0)
    for epochs in (1, 2, 3):
        scores = rng.integers(0, 12, 40).astype(float)
        model = small_model(keras.optimizers.SGD(1.0))
        peer = keras.callbacks.ReduceLROnPlateau(
            monitor="score", mode="max", factor=0.5, patience=epochs, min_delta=0, min_lr=0
        )
        peer.set_model(model)
        peer.on_train_begin()
        for epoch, score in enumerate(scores):
            peer.on_epoch_end(epoch, {"score": score})
            expected = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
            assert 0.5 ** halvings(scores[: epoch + 1], epochs) == pytest.approx(expected)
        assert expected < 2**-5


def train(folder, epochs, *callbacks):
    """A run in which each step moves the weight down by the rate; gives run and schedule."""
    schedule = WarmupPlateau(1.0, warmup_steps=2)
    optimizer = keras.optimizers.SGD(schedule)
    schedule.scaled_by(optimizer)
    run = TrainingRun(folder, small_model(optimizer), keep=1)

    def batches(epoch, start):
        return ((np.ones((1, 1)), np.zeros((1, 1))) for _ in range(STEPS - start))

    validation = Validation(lambda: {"": SCORES[run.epoch]}, "score")
    halve = HalveRate(run, schedule, epochs=2)
    bar = ProgressBar(epochs, STEPS, STEPS)
    train_epochs(run, epochs, STEPS, batches, validation, bar, [*callbacks, halve])
    return run, schedule


def weight(run):
    return float(keras.ops.convert_to_numpy(run.model.weights[0]).item())


def test_rates_are_those_by_hand(tmp_path):
    run, schedule = train(tmp_path, 8)
    rates = [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]  # of each epoch; two epochs without a better score
    assert weight(run) == -(sum(rates) * STEPS - 0.5)  # the first step has half the rate
    assert halvings(SCORES, 2) == 2
    assert float(schedule(100)) == 0.5


def test_a_run_goes_on_with_the_rate_it_had(tmp_path):
    straight, _ = train(tmp_path / "straight", 6)
    for stop in (4 * STEPS + 2, 3 * STEPS):
        folder = tmp_path / f"broken-{stop}"
        with pytest.raises(Interrupted):
            train(folder, 6, Ask(stop, signal.SIGINT))
        again, schedule = train(folder, 6)
        assert weight(again) == weight(straight) and float(schedule(100)) == 0.5
        for one, other in zip(
            straight.model.optimizer.variables, again.model.optimizer.variables, strict=True
        ):
            np.testing.assert_array_equal(one, other)


def test_the_scale_is_part_of_the_optimizer():
    schedule = WarmupPlateau(0.1, 1)
    optimizer = adam(schedule)
    assert schedule.scale in optimizer.variables
    schedule.scale.assign(0.25)
    assert float(optimizer.learning_rate) == pytest.approx(0.025)
