"""Ctrl-C, SIGTERM, a second run in one folder, a full disk: a sentence, and nothing lost."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest
from signalled import Ask

from zoo.errors import BusyError, ConfigError, DamagedFileError, DiskError, Interrupted
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, train_epochs
from zoo.training.optimizers import MovingAverage
from zoo.training.training_run import TrainingRun

STEPS = 5


def small_model():
    inputs = keras.Input((1,))
    outputs = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs)
    made = keras.Model(inputs, outputs)
    made.compile(optimizer=keras.optimizers.SGD(1.0), loss=lambda y, out: out)
    return made


def train(folder, epochs, *callbacks, score=lambda: 0.0):
    run = TrainingRun(folder, small_model())

    def batches(epoch, start):
        return ((np.ones((1, 1)), np.zeros((1, 1))) for _ in range(STEPS - start))

    validation = Validation(lambda: {"score": score()}, "score")
    bar = ProgressBar(epochs, STEPS, STEPS)
    train_epochs(run, epochs, STEPS, batches, validation, bar, callbacks)
    return run


def weight(run):
    return float(keras.ops.convert_to_numpy(run.model.weights[0]).item())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_after_a_step_and_goes_on_from_there(tmp_path, number):
    before = signal.getsignal(number)
    with pytest.raises(Interrupted, match="Stopped after 1 epochs and 3 steps, which are kept in"):
        train(tmp_path, 2, Ask(STEPS + 3, number))
    assert signal.getsignal(number) is before
    again = TrainingRun(tmp_path, small_model())
    assert (again.epoch, again.step, weight(again)) == (1, 3, -STEPS - 3)
    assert weight(train(tmp_path, 2)) == -2 * STEPS


def test_a_moving_average_goes_on_as_if_nothing_had_happened(tmp_path):
    def averaged(folder, *callbacks):
        model = small_model()
        average = MovingAverage(model, 0.9)
        run = TrainingRun(folder, model, extra=average.variables)

        def batches(epoch, start):
            return ((np.ones((1, 1)), np.zeros((1, 1))) for _ in range(STEPS - start))

        validation = Validation(lambda: {"score": 0.0}, "score")
        bar = ProgressBar(2, STEPS, STEPS)
        train_epochs(run, 2, STEPS, batches, validation, bar, [*callbacks, average])
        return [keras.ops.convert_to_numpy(variable) for variable in average.variables]

    straight = averaged(tmp_path / "straight")
    with pytest.raises(Interrupted):
        averaged(tmp_path / "broken", Ask(STEPS + 3, signal.SIGINT))
    for one, other in zip(straight, averaged(tmp_path / "broken"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_asked_while_it_scores_it_stops_at_once(tmp_path):
    def score():
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("it went on")

    with pytest.raises(Interrupted, match="0 epochs and 5 steps"):
        train(tmp_path, 1, score=score)
    assert weight(train(tmp_path, 1)) == -STEPS


HOLD = """
import os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from pathlib import Path
from zoo.training.training_run import _locked
kept = _locked(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_a_folder_has_one_process_at_a_time(tmp_path):
    train(tmp_path, 1)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match="Another process trains in .*: wait for it, or take"):
            TrainingRun(tmp_path, small_model())
    finally:
        other.kill()
        other.wait()
    assert TrainingRun(tmp_path, small_model()).epoch == 1  # the lock died with its process


def test_a_full_disk_is_said_and_the_last_state_stays(tmp_path, monkeypatch):
    run = train(tmp_path, 1)
    before = (tmp_path / "state.npz").read_bytes()

    def full(file, **arrays):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", full)
        with pytest.raises(DiskError, match=r"state\.npz cannot be written \(No space left .*room"):
            run.save(1)
    assert (tmp_path / "state.npz").read_bytes() == before
    assert not list(tmp_path.glob(".*.part"))


def test_what_a_killed_process_left_is_removed(tmp_path):
    train(tmp_path, 1)
    (tmp_path / ".state.npz.abc.part").write_bytes(b"half")
    TrainingRun(tmp_path, small_model())
    assert not (tmp_path / ".state.npz.abc.part").exists()


@pytest.mark.parametrize("name", ["settings.json", "state.npz", "epoch-001.npz", "log.jsonl"])
@pytest.mark.parametrize("content", [b"", b"[1, 2", b"[]", b"null", b"PK\x03\x04"])
def test_a_torn_file_is_named(tmp_path, name, content):
    train(tmp_path, 1)
    (tmp_path / name).write_bytes(content)
    if name == "log.jsonl" and content == b"":
        train(tmp_path, 2)  # no epoch is an empty log
        return
    with pytest.raises(DamagedFileError, match=f"{name} cannot be read .*delete the folder"):
        train(tmp_path, 2).load_average(2)


def test_the_best_epochs_are_kept_with_the_last(tmp_path):
    run = TrainingRun(tmp_path, small_model(), keep=1, keep_best=2)
    for score in (3.0, 1.0, 4.0, 0.0, 2.0):
        for w in run.model.weights:
            w.assign(w + 1)
        run.end_epoch(score, {})
    names = sorted(path.name for path in tmp_path.glob("epoch-*"))
    assert names == ["epoch-001.npz", "epoch-003.npz", "epoch-005.npz"]
    assert run.load_best_average() == 2 and weight(run) == 2  # the mean of 1 and 3
    run.load_best()
    assert weight(run) == 3
    assert run.load_average(5) == 1 and weight(run) == 5
    again = TrainingRun(tmp_path, small_model(), keep=1, keep_best=2)
    assert again.best == 4.0 and again.scores == run.scores


def test_some_settings_may_change_and_others_not(tmp_path):
    TrainingRun(tmp_path, small_model(), settings={"epochs": 3, "seed": 1})
    TrainingRun(tmp_path, small_model(), settings={"epochs": 5, "seed": 1}, may_change=("epochs",))
    assert json.loads((tmp_path / "settings.json").read_text())["epochs"] == 5
    with pytest.raises(ConfigError, match=r"another seed \(1, now 2\)"):
        changed = {"epochs": 5, "seed": 2}
        TrainingRun(tmp_path, small_model(), settings=changed, may_change=("epochs",))
    with pytest.raises(ConfigError, match="holds a run on other data"):
        TrainingRun(tmp_path, small_model(), settings={"epochs": 5, "seed": 1, "data": "b"})


def test_it_ends_when_no_score_is_better(tmp_path):
    scores = iter([1.0, 3.0, 2.0, 3.0, 9.0])
    run = TrainingRun(tmp_path, small_model())
    validation = Validation(lambda: {"score": next(scores)}, "score")

    def batches(epoch, start):
        return ((np.ones((1, 1)), np.zeros((1, 1))) for _ in range(STEPS - start))

    train_epochs(run, 9, STEPS, batches, validation, ProgressBar(9, STEPS, STEPS), patience=2)
    assert run.epoch == 4
