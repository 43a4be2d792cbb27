"""A program for one process, and for one of several that train together; and what starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from zoo.training.cluster import Cluster, free_ports

ROOT = Path(__file__).parents[2]
EPOCHS, STEPS, ROWS = 5, 10, 7


def start(count: int, program: list[str], **variables: str) -> list[subprocess.Popen]:
    """One process for each worker, as a cluster manager would start them."""
    addresses = tuple(f"127.0.0.1:{port}" for port in free_ports(count))
    return [
        subprocess.Popen(
            program,
            env=environment(TF_CONFIG=Cluster(addresses, index).text(), **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for index in range(count)
    ]


def environment(**variables: str) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    quiet = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": path}
    kept = {name: value for name, value in os.environ.items() if name != "TF_CONFIG"}
    return {**kept, **quiet, **variables}


def outputs(processes: list[subprocess.Popen]) -> list[Any]:
    """The last line that each writes, JSON; whatever happens, none of them is left."""
    found = []
    try:
        for process in processes:
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, err[-3000:]
            found.append(json.loads(out.splitlines()[-1]))
    finally:
        for process in processes:
            process.kill()
            process.wait()
    return found


def batches(epoch: int, start: int) -> Any:
    """Seven rows of sentences a batch, of different lengths: neither two nor three divide them."""
    import numpy as np
    import tensorflow as tf

    from zoo.data.batching import generated_batches

    def generate():
        for step in range(start, STEPS):
            rng = np.random.default_rng([epoch, step])
            words = rng.integers(4, 11, (ROWS, 5)).astype("int32")
            weights = np.arange(5) < rng.integers(1, 6, (ROWS, 1))
            yield {"words": words}, words % 3, weights.astype("float32")

    words = tf.TensorSpec([None, 5], tf.int32)
    signature = ({"words": words}, words, tf.TensorSpec([None, 5], tf.float32))
    return generated_batches(generate, signature, STEPS - start)


def compiled(strategy: str) -> Any:
    """A small tagger without dropout, in float32, on Adam with clipping."""
    import keras

    from zoo.training.losses import SmoothedCrossEntropy
    from zoo.training.optimizers import adam
    from zoo.training.strategies import distribution_scope

    with distribution_scope(strategy):
        keras.utils.set_random_seed(1)
        inputs = keras.Input((5,), dtype="int32", name="words")
        vectors = keras.layers.Embedding(11, 6)(inputs)
        outputs = keras.layers.Dense(3)(keras.layers.GRU(8, return_sequences=True)(vectors))
        model = keras.Model({"words": inputs}, outputs)
        jit_compile = keras.backend.backend() == "jax"
        model.compile(adam(0.01), SmoothedCrossEntropy(0.1), jit_compile=jit_compile)
    return model


def train(strategy: str, folder: str, *callbacks: Any, epochs: int = EPOCHS) -> Any:
    """All epochs of a run, from where it stands."""
    from zoo.training.callbacks import ProgressBar
    from zoo.training.epochs import Validation, train_epochs
    from zoo.training.training_run import TrainingRun

    run = TrainingRun(folder, compiled(strategy), keep=2, strategy=strategy)
    validation = Validation(lambda: {"epoch": float(run.epoch)}, "epochs")
    bar = ProgressBar(epochs, STEPS, STEPS)
    train_epochs(run, epochs, STEPS, batches, validation, bar, callbacks)
    return run


def weights(model: Any) -> list[float]:
    return [float(value) for array in model.get_weights() for value in array.ravel()]


def main(folder: str, strategy: str = "multiworker", epochs: str = str(EPOCHS)) -> None:
    from zoo.training.strategies import strategy_of

    strategy_of(strategy)
    trained = train(strategy, folder, epochs=int(epochs))
    print(json.dumps([trained.scores, weights(trained.model)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
