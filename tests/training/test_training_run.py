"""A run that is interrupted goes on as if nothing had happened, and its folder is never
half-written."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from keras import ops

import zoo
from zoo.errors import ConfigError, DamagedFileError
from zoo.training.callbacks import SaveState
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.training_run import TrainingRun

STEPS = 4


def compiled_model(units=6):
    keras.utils.set_random_seed(3)
    model = zoo.build(
        "nmt",
        units=units,
        embedding_size=5,
        encoder_layers=1,
        decoder_layers=1,
        dropout=0.4,
        vocabulary_size=11,
    )
    model.compile(
        keras.optimizers.Adam(WarmupHoldDecay(0.01, 16, warmup_steps=2), global_clipnorm=1.0),
        SmoothedCrossEntropy(0.1),
        jit_compile="auto" if keras.backend.backend() == "jax" else False,
    )
    return model


def batches(epoch, start=0):
    """The batches of an epoch, a function of its number."""
    for step in range(start, STEPS):
        rng = np.random.default_rng([epoch, step])
        source, target, labels = (rng.integers(4, 11, (3, 5)).astype("int32") for _ in range(3))
        yield {"source": source, "target": target}, labels, np.ones((3, 5), "float32")


class Stop(Exception):
    """What interrupts a run."""


class StopAfter(keras.callbacks.Callback):
    def __init__(self, steps):
        super().__init__()
        self.left = steps

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise Stop


def train(run, epochs, callbacks=()):
    while run.epoch < epochs:
        data = batches(run.epoch, run.step)
        run.model.fit(data, steps_per_epoch=STEPS - run.step, verbose=0, callbacks=list(callbacks))
        run.end_epoch(score=float(run.epoch), log={})


def weights_of(model):
    return [ops.convert_to_numpy(w) for w in model.weights]


def test_an_interrupted_run_ends_where_an_uninterrupted_one_does(tmp_path):
    straight = TrainingRun(tmp_path / "straight", compiled_model())
    train(straight, 3)

    first = TrainingRun(tmp_path / "broken", compiled_model())
    saver = SaveState(first, minutes=0)
    with pytest.raises(Stop):
        train(first, 3, [saver, StopAfter(STEPS + 2)])
    again = TrainingRun(tmp_path / "broken", compiled_model())
    assert (again.epoch, again.step) == (1, 2)
    train(again, 3)

    for one, other in zip(weights_of(straight.model), weights_of(again.model), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(
        straight.model.optimizer.variables, again.model.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_the_average_and_the_best_are_what_they_say(tmp_path):
    run = TrainingRun(tmp_path, compiled_model(), keep=2)
    seen = []
    for score in (1.0, 3.0, 2.0):
        for weight in run.model.weights:
            weight.assign(weight + score)
        seen.append(weights_of(run.model))
        assert run.end_epoch(score, {"loss": 0.5}) is (score != 2.0)
    assert run.load_average() == 2
    for weight, one, other in zip(weights_of(run.model), seen[1], seen[2], strict=True):
        np.testing.assert_allclose(weight, (one + other) / 2, rtol=1e-6)
    run.load_best()
    for weight, expected in zip(weights_of(run.model), seen[1], strict=True):
        np.testing.assert_array_equal(weight, expected)
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["score"] for line in lines] == [1.0, 3.0, 2.0]
    assert sorted(p.name for p in tmp_path.glob("epoch-*")) == ["epoch-002.npz", "epoch-003.npz"]


def test_a_crash_while_writing_leaves_the_last_state(tmp_path, monkeypatch):
    run = TrainingRun(tmp_path, compiled_model())
    run.save(step=1)
    before = (tmp_path / "state.npz").read_bytes()

    def crash(file, **arrays):
        file.write(b"half of it")
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", crash)
    with pytest.raises(OSError, match="no space"):
        run.save(step=2)
    assert (tmp_path / "state.npz").read_bytes() == before
    monkeypatch.undo()
    assert TrainingRun(tmp_path, compiled_model()).step == 1


def test_a_damaged_state_is_named(tmp_path):
    TrainingRun(tmp_path, compiled_model()).save(step=1)
    state = tmp_path / "state.npz"
    state.write_bytes(state.read_bytes()[:-100])
    with pytest.raises(DamagedFileError, match=r"state.npz cannot be read .*: delete the folder"):
        TrainingRun(tmp_path, compiled_model())


def test_damaged_settings_are_named(tmp_path):
    TrainingRun(tmp_path, compiled_model())
    (tmp_path / "settings.json").write_text('{"seed":')
    with pytest.raises(DamagedFileError, match=r"settings.json cannot be read .*: delete the"):
        TrainingRun(tmp_path, compiled_model())


def test_another_model_is_refused(tmp_path):
    TrainingRun(tmp_path, compiled_model()).save(step=1)
    with pytest.raises(ConfigError, match="belongs to another model"):
        TrainingRun(tmp_path, compiled_model(units=8))


def test_other_settings_are_refused_and_named(tmp_path):
    TrainingRun(tmp_path, compiled_model(), settings={"seed": 1, "epochs": 5})
    with pytest.raises(ConfigError, match=r"another seed \(1, now 2\)"):
        TrainingRun(tmp_path, compiled_model(), settings={"seed": 2, "epochs": 5})


def test_a_kill_between_log_and_state_leaves_one_line_an_epoch(tmp_path, monkeypatch):
    run = TrainingRun(tmp_path, compiled_model())
    run.end_epoch(1.0, {"loss": 3.0})
    monkeypatch.setattr(run, "save", lambda step: (_ for _ in ()).throw(Stop))
    with pytest.raises(Stop):
        run.end_epoch(2.0, {"loss": 2.5})
    again = TrainingRun(tmp_path, compiled_model())
    assert again.epoch == 1
    again.end_epoch(2.0, {"loss": 2.5})
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    assert [(json.loads(line)["epoch"], json.loads(line)["score"]) for line in lines] == [
        (1, 1.0),
        (2, 2.0),
    ]
