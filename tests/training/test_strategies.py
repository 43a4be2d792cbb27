"""Two devices train as one does on the same global batch."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from zoo.errors import ConfigError
from zoo.training.strategies import distribution_scope

SCRIPT = """
import json, sys, tempfile
import keras, numpy as np, tensorflow as tf
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)
import zoo
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.strategies import distribution_scope, replica_count
from zoo.training.training_run import TrainingRun

keras.utils.set_random_seed(1)
strategy = sys.argv[1] if len(sys.argv) > 1 else None
replicas = replica_count(strategy)
with distribution_scope(strategy):
    model = zoo.build("nmt", units=6, embedding_size=5, encoder_layers=1, dropout=0.0,
                      vocabulary_size=11)
    model.compile(keras.optimizers.SGD(0.5, global_clipnorm=1.0), SmoothedCrossEntropy(0.1),
                  jit_compile=False)
rng = np.random.default_rng(0)
source, target, labels = (rng.integers(4, 11, (8, 5)).astype("int32") for _ in range(3))
# Rows of different lengths: the halves of the batch hold different numbers of tokens.
weights = (np.arange(5) < rng.integers(1, 6, (8, 1))).astype("float32")
data = tf.data.Dataset.from_tensors(({"source": source, "target": target}, labels, weights))
folder = tempfile.mkdtemp()
run = TrainingRun(folder, model)
loss = model.fit(data.repeat(5), verbose=0, shuffle=False).history["loss"]
run.save(5)
model.set_weights([w * 0 for w in model.get_weights()])
assert TrainingRun(folder, model).step == 5  # with the weights that were saved
print(json.dumps([replicas, loss[-1], [w.tolist() for w in model.get_weights()]]))
"""


def train(*strategy):
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *strategy], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_two_devices_are_as_good_as_one():
    one_replica, one_loss, one = train()
    two_replicas, two_loss, two = train("mirrored")
    assert (one_replica, two_replicas) == (1, 2)
    assert two_loss == pytest.approx(one_loss, rel=1e-4)

    def flat(weights):
        for value in weights:
            yield from flat(value) if isinstance(value, list) else [value]

    assert list(flat(two)) == pytest.approx(list(flat(one)), abs=2e-5)


def test_another_strategy_is_named():
    with pytest.raises(
        ConfigError, match="There is no strategy 'tpu': take one of one, mirrored, mul"
    ):
        distribution_scope("tpu")
