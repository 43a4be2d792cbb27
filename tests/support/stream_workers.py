"""A language model of streams, trained in one process or on the devices of several."""

from __future__ import annotations

import json
import sys
from typing import Any

EPOCHS, STEPS, ROWS, TIME = 5, 10, 6, 4


def train(strategy: str, folder: str, devices: int = 1) -> Any:
    """All epochs of a run: a small model without dropout, in float32."""
    import keras
    import numpy as np
    from small_lm import small_lm

    from zoo.data import stream_batches
    from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT
    from zoo.training.callbacks import ProgressBar
    from zoo.training.epochs import Validation, train_epochs
    from zoo.training.losses import SmoothedCrossEntropy
    from zoo.training.optimizers import adam
    from zoo.training.strategies import device_count, distribution_scope
    from zoo.training.training_run import TrainingRun

    ids = np.random.default_rng(0).integers(0, 11, STEPS * ROWS * TIME + 1)
    if strategy == "mirrored" and keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        (cpu,) = tf.config.list_physical_devices("CPU")
        each = [tf.config.LogicalDeviceConfiguration()] * devices
        tf.config.set_logical_device_configuration(cpu, each)
    with distribution_scope(strategy):
        keras.utils.set_random_seed(1)
        model = TruncatedBPTT(small_lm(), ROWS)
        jit_compile = keras.backend.backend() == "jax"
        model.compile(adam(0.01), SmoothedCrossEntropy(), jit_compile=jit_compile)
    assert device_count(strategy) == devices

    def batches(epoch, start):
        return stream_batches(ids, rows=ROWS, time=TIME, seed=1, epoch=epoch, start=start)

    run = TrainingRun(folder, model, keep=1, strategy=strategy)
    validation = Validation(lambda: {"epoch": float(run.epoch)}, "epochs")
    bar = ProgressBar(EPOCHS, STEPS, STEPS * ROWS * TIME)
    train_epochs(run, EPOCHS, STEPS, batches, validation, bar)
    run.workers.wait()  # until the chief has written the log
    return run


def figures(run: Any) -> list:
    """The loss of each epoch, the weights, and the state that is carried to the next batch."""
    model = run.model
    carried = [run.workers.local(state).tolist() for state in model.carried]
    weights = [run.workers.local(weight).tolist() for weight in model.trainable_weights]
    return [[line["loss"] for line in run.log], weights, carried]


def main(folder: str, strategy: str, devices: str) -> None:
    from zoo.training.strategies import strategy_of

    if strategy != "mirrored":  # whose devices are to be made before
        strategy_of(strategy)
    print(json.dumps(figures(train(strategy, folder, int(devices)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
