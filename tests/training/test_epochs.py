"""Epochs and the choice among weights: every step once, the best by the validation score."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, choose_weights, train_epochs
from zoo.training.training_run import TrainingRun

STEPS = 3


@pytest.fixture
def model():
    """One weight, which every step moves down by 1."""
    inputs = keras.Input((1,))
    outputs = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs)
    made = keras.Model(inputs, outputs)
    made.compile(optimizer=keras.optimizers.SGD(1.0), loss=lambda y, out: out)
    return made


def weight(model):
    return float(keras.ops.convert_to_numpy(model.weights[0]).item())


def train(model, folder, epochs, score, asked, **how):
    run = TrainingRun(folder, model, keep=3)

    def batches(epoch, start):
        asked.append((epoch, start))
        return ((np.ones((1, 1)), np.zeros((1, 1))) for _ in range(STEPS - start))

    validation = Validation(lambda: {"near": score(weight(model))}, "distance", **how)
    train_epochs(run, epochs, STEPS, batches, validation, ProgressBar(epochs, STEPS, STEPS))
    return run, validation


# After epoch n the weight is -3 n; the weights kept are those of the last three of five epochs.
@pytest.mark.parametrize(
    ("wanted", "chosen", "left"),
    [
        (-15.2, "best epoch", -15.0),  # the best is the last, and is named first
        (-6.1, "best epoch", -6.0),  # the second epoch, which is not among the last
        (-13.4, "mean of the last 2", -13.5),
    ],
)
@pytest.mark.parametrize("lower_is_better", [True, False])
def test_the_best_weights_are_kept(model, tmp_path, capsys, wanted, chosen, left, lower_is_better):
    def score(value):
        return abs(value - wanted) if lower_is_better else -abs(value - wanted)

    asked = []
    run, validation = train(
        model, tmp_path / "run", 5, score, asked, lower_is_better=lower_is_better, digits=1
    )
    assert asked == [(epoch, 0) for epoch in range(5)] and weight(model) == -15
    assert (choose_weights(run, validation), weight(model)) == (chosen, left)
    sign = "" if lower_is_better else "-"
    assert (
        f"epoch 2: validation distance near {sign}{abs(-6 - wanted):.1f}" in capsys.readouterr().out
    )


# Begun at 4 and ended at -15: 0.25 of the start is -10.25, 0.6 of it -3.6.
@pytest.mark.parametrize(
    ("wanted", "chosen", "left"),
    [
        (-10.0, "best epoch, 0.25 of it the start", -10.25),
        (-4.0, "best epoch, 0.6 of it the start", -3.6),
        (-15.0, "best epoch", -15.0),
    ],
)
def test_the_best_is_mixed_with_the_start(model, tmp_path, wanted, chosen, left):
    run, validation = train(
        model, tmp_path / "run", 5, lambda value: abs(value - wanted), [], lower_is_better=True
    )
    start = [np.full((1, 1), 4, "float32")]
    run.scores = {5: 0.0}  # as if the last were the best, and
    run.keep = 1  # no mean of epochs were there
    found = choose_weights(run, validation, start=start, parts=[0.25, 0.6])
    assert (found, round(weight(model), 4)) == (chosen, left)


def test_an_interrupted_epoch_goes_on_where_it_stopped(model, tmp_path):
    asked = []
    run, _ = train(model, tmp_path / "run", 1, abs, asked)
    model.fit(((np.ones((1, 1)), np.zeros((1, 1))) for _ in range(2)), verbose=0)
    run.save(step=2)
    train(model, tmp_path / "run", 2, abs, asked)
    assert asked == [(0, 0), (1, 2)] and weight(model) == -2 * STEPS


def test_a_run_killed_while_it_was_scored_is_scored_without_a_step(model, tmp_path):
    run, _ = train(model, tmp_path / "run", 1, abs, [])
    run.save(step=STEPS)
    asked = []
    run, _ = train(model, tmp_path / "run", 2, abs, asked)
    assert asked == [] and run.epoch == 2
