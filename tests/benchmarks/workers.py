"""Training tokens a second in one, two and three processes of this machine, and what talking costs.

Apart, as many processes train at the same time, each on its rows and without the others: the
difference to training together is what the sums of gradients, logs and flags take.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from engines import table

from zoo.training.cluster import VARIABLE, Cluster, free_ports

ROWS, TIME = 48, 16  # which two and three divide
SIZES = dict(units=256, embedding_size=128, encoder_layers=1, decoder_layers=1)
WARM = 5


def report(quick: bool = False) -> str:
    """Tokens a second of all processes, beside one, and the share of a step that is overhead."""
    steps = 10 if quick else 40
    alone = _seconds(1, "one", steps)
    rows = [["1", "one", f"{ROWS * TIME / alone:,.0f}", 1.0, ""]]
    for count in (1, 2, 3):
        apart = alone if count == 1 else _seconds(count, "one", steps)
        together = _seconds(count, "multiworker", steps)
        speed, overhead = ROWS * TIME / together, 1 - apart / together
        rows.append(
            [str(count), "multiworker", f"{speed:,.0f}", alone / together, f"{overhead:.0%}"]
        )
    header = ["workers", "strategy", "target tokens/s", "beside one", "overhead of a step"]
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    return (
        "### Several processes\n\nEncoder and decoder GRU of 256, 8,000 words, 48 x 16 a batch "
        f"that the workers share, {cores} cores for all of them (load at the end {load:.1f}). "
        "Overhead is the part of a step that is gone when the same number of processes train on "
        f"the same rows at the same time without each other.\n\n{table(header, rows)}"
    )


def _seconds(count: int, strategy: str, steps: int) -> float:
    """Seconds a step, of the slowest of the processes."""
    addresses = tuple(f"127.0.0.1:{port}" for port in free_ports(count))
    with tempfile.TemporaryDirectory() as folder:
        processes = []
        for index in range(count):
            place = {VARIABLE: Cluster(addresses, index).text(), "TF_CPP_MIN_LOG_LEVEL": "3"}
            command = [sys.executable, __file__, folder, str(count), strategy, str(steps)]
            environment = {**os.environ, **place, "KERAS_BACKEND": "tensorflow"}
            processes.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE))
        try:
            return max(json.loads(process.communicate()[0]) for process in processes)
        finally:
            for process in processes:
                process.kill()
                process.wait()


def worker(folder: Path, count: int, strategy: str, steps: int) -> float:
    """Seconds a step of this process, the median; it begins when the others are ready."""
    from zoo.training.cluster import cluster_of_environment
    from zoo.training.strategies import distribution_scope, strategy_of

    strategy_of(strategy)
    import keras
    import numpy as np
    import tensorflow as tf

    import zoo
    from zoo.training.losses import SmoothedCrossEntropy
    from zoo.training.optimizers import adam
    from zoo.training.workers import workers_of_model

    with distribution_scope(strategy):
        model = zoo.build("nmt", vocabulary_size=8000, **SIZES)
        model.compile(adam(1e-3), SmoothedCrossEntropy(0.1), jit_compile=False)
    workers = workers_of_model(model)
    rows = ROWS if strategy == "multiworker" else ROWS // count
    rng = np.random.default_rng(0)
    source, target, labels = (rng.integers(4, 8000, (rows, TIME)).astype("int32") for _ in "abc")
    data = ({"source": source, "target": target}, labels, np.ones((rows, TIME), "float32"))
    seconds = []

    class Clock(keras.callbacks.Callback):
        """Times the steps, with the question that each of a training asks all processes."""

        def on_train_batch_end(self, batch, logs=None):
            workers.is_any(False)
            if batch == WARM - 1:
                place = folder / str(cluster_of_environment().index)
                place.touch()
                while len(list(folder.iterdir())) < count:
                    time.sleep(0.01)
            seconds.append(time.perf_counter())

    batches = tf.data.Dataset.from_tensors(data).repeat(WARM + steps)
    model.fit(workers.slices(batches), verbose=0, shuffle=False, callbacks=[Clock()])
    return float(np.median(np.diff(seconds[WARM:])))


if __name__ == "__main__":
    print(json.dumps(worker(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))))
