"""Two and three processes train as one does on the same batches; each test starts processes."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
import workers as support

from zoo.training.workers import workers_of_model

PROGRAM = [sys.executable, support.__file__]
LAUNCHED = str(Path(support.__file__).with_name("launched.py"))

# What Keras does by itself, and with the first of its two failures stepped over.
PLAIN = """
import json
import keras, numpy as np, tensorflow as tf
from zoo.backend import multi_worker

strategy = tf.distribute.MultiWorkerMirroredStrategy()

def failure(steps_over):
    with strategy.scope():
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse", jit_compile=False)
    if steps_over:
        step = model.train_step
        multi_worker.make_fit_work(model)
        object.__setattr__(model, "train_step", step)
    batches = tf.data.Dataset.from_tensors((np.ones((4, 3)), np.ones((4, 1))))
    try:
        model.fit(batches, verbose=0, shuffle=False)
    except ValueError as error:
        return str(error)
    return "none"

print(json.dumps([failure(False), failure(True)]))
"""


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    """The run of one process: this one."""
    return support.train("one", str(tmp_path_factory.mktemp("one")))


def test_several_processes_are_as_good_as_one(one, tmp_path):
    found = support.outputs(support.start(3, [*PROGRAM, str(tmp_path)]))
    assert one.epoch * support.STEPS == 50
    for scores, weights in found:
        assert weights == pytest.approx(support.weights(one.model), abs=1e-5)
        assert scores == {str(epoch): score for epoch, score in one.scores.items()}
    # One of them wrote, and what it wrote is what one process writes.
    assert {path.name for path in tmp_path.iterdir()} == {
        path.name for path in one.folder.iterdir()
    }
    here, there = (
        [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
        for folder in (one.folder, tmp_path)
    )
    assert [line["loss"] for line in there] == pytest.approx([line["loss"] for line in here], 1e-4)


def test_on_jax_too(tmp_path):
    """Two processes, and one on two devices, as one on one."""
    pytest.importorskip("jax")

    def outputs(strategy, count=1, **variables):
        program = [*PROGRAM, str(tmp_path / strategy), strategy, "2"]
        return support.outputs(support.start(count, program, KERAS_BACKEND="jax", **variables))

    (one,) = outputs("one")
    devices = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    for scores, weights in [*outputs("multiworker", 2), *outputs("mirrored", **devices)]:
        assert weights == pytest.approx(one[1], abs=1e-5)
        assert scores == one[0] and len(scores) == 2


def test_keras_still_fails_by_itself():
    """When this fails, Keras does without a part of `zoo.backend.multi_worker`: take it out."""
    for first, second in support.outputs(support.start(2, [sys.executable, "-c", PLAIN])):
        assert "PerReplica" in first and "to a Tensor" in first
        assert "Invalid reduction dimension 0 for input with 0 dimensions" in second


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_by_tf_config_the_same_command_goes_on(one, tmp_path, backend):
    """One of two is killed, the other ends for want of it, and both are started again."""
    pytest.importorskip(backend)
    command = [sys.executable, LAUNCHED, "--strategy", "auto", "--run", str(tmp_path / "run")]
    command += ["--epochs", "2"] if backend == "jax" else []
    chief, killed = support.start(2, command, KERAS_BACKEND=backend)
    try:
        while not (tmp_path / "run/epoch-001.npz").exists():
            assert chief.poll() is None, chief.communicate()
            time.sleep(0.05)
        killed.kill()
        _, said = chief.communicate(timeout=60)
    finally:
        chief.kill()
        killed.communicate()
    assert chief.returncode == 75
    assert "Error: Worker 0 of 2 stopped, since another one ended or cannot be reached" in said
    assert "Traceback" not in said
    for again in support.start(2, command, KERAS_BACKEND=backend):
        _, said = again.communicate(timeout=300)
        assert again.returncode == 0, said
    if backend == "jax":  # whose weights begin otherwise than those of `one`
        return
    found = support.train("one", str(tmp_path / "run"))
    assert found.epoch == one.epoch and found.scores == one.scores
    assert support.weights(found.model) == pytest.approx(support.weights(one.model), abs=1e-5)


def test_one_process_asks_nobody(one):
    alone = workers_of_model(one.model)
    assert (alone.index, alone.count, alone.is_chief) == (0, 1, True)
    assert alone.is_any(True) and not alone.is_any(False)
    assert alone.from_chief(lambda: [2.5], 1) == [2.5]
    batches = support.batches(0, 0)
    assert alone.slices(batches) is batches
