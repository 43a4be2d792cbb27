"""Does one model train on all cores, or two side by side on one core each?

    python tests/benchmarks/side_by_side.py [--precision mixed_bfloat16]

Prints, for a translator and a classifier of reviews of the released sizes, tokens per second of one
process with two threads, and of two processes with one thread each, added up.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

STEPS, TURNS = 16, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(f"{tokens_per_second(args.measure, args.precision):.0f}")
        return
    cores = sorted(os.sched_getaffinity(0))[:2]
    for what in ("translator", "reviews"):
        (together,) = run(what, args.precision, [cores])
        apart = run(what, args.precision, [[core] for core in cores])
        print(
            f"{what}, {args.precision}: one on two cores {together:,.0f} tokens/s, two on one core "
            f"each {sum(apart):,.0f}: {sum(apart) / together:.2f} times",
            flush=True,
        )


def run(what: str, precision: str, cores_of_each: list[list[int]]) -> list[float]:
    """Tokens per second of processes that train at the same time, each on its own cores."""
    processes = []
    for cores in cores_of_each:
        threads = str(len(cores))
        names = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
        command = [sys.executable, __file__, "--measure", what, "--precision", precision]
        processes.append(
            subprocess.Popen(
                ["taskset", "-c", ",".join(map(str, cores)), *command],
                env={**os.environ, **dict.fromkeys(names, threads), "TF_CPP_MIN_LOG_LEVEL": "3"},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
    return [float(process.communicate()[0]) for process in processes]


def tokens_per_second(what: str, precision: str) -> float:
    """The median over some turns of some training steps."""
    import keras
    import numpy as np
    import tensorflow as tf

    import zoo
    from zoo.training.losses import SmoothedCrossEntropy

    rng = np.random.default_rng(0)
    if what == "translator":
        model = zoo.build(
            "nmt", units=384, embedding_size=256, vocabulary_size=8000, dtype=precision
        )
        shape = labels = (64, 16)
        inputs = {side: rng.integers(4, 8000, shape) for side in ("source", "target")}
    else:
        model = zoo.build("sentiment", units=512, vocabulary_size=28_000, dtype=precision)
        shape, labels = (16, 256), (16,)
        inputs = {"words": rng.integers(4, 28_000, shape)}
    inputs = {name: ids.astype("int32") for name, ids in inputs.items()}
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3, global_clipnorm=1.0),
        loss=SmoothedCrossEntropy(0.1),
        jit_compile=False,
    )
    batch = (inputs, rng.integers(0, 2, labels).astype("int32"), np.ones(labels, "float32"))
    options = tf.data.Options()
    options.autotune.enabled = False
    batches = tf.data.Dataset.from_tensors(batch).repeat().with_options(options)
    model.fit(batches, steps_per_epoch=5, verbose=0)
    seconds = []
    for _ in range(TURNS):
        began = time.perf_counter()
        model.fit(batches, steps_per_epoch=STEPS, verbose=0)
        seconds.append(time.perf_counter() - began)
    return STEPS * shape[0] * shape[1] / statistics.median(seconds)


if __name__ == "__main__":
    main()
