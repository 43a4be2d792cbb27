"""What `zoo launch` starts in tests: the small training of `workers`, slowly enough to be seen.

It takes `--strategy` and the folder of the run, and tells in a file of each process where it is.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import keras
import workers

from zoo.experiments import recipe
from zoo.training.cluster import cluster_of_environment
from zoo.training.strategies import strategy_of


class Slow(keras.callbacks.Callback):
    """A pause in each step, and the number of the process beside the run."""

    def __init__(self, folder: Path, index: int):
        super().__init__()
        self.place = folder.parent / f"worker-{index}"

    def on_train_batch_end(self, batch, logs=None):
        self.place.write_text(str(os.getpid()))
        time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--strategy")
    parser.add_argument("--run", type=Path)
    parser.add_argument("--epochs", type=int, default=workers.EPOCHS)
    args = parser.parse_args()
    strategy_of(args.strategy)
    cluster = cluster_of_environment()
    slow = Slow(args.run, cluster.index if cluster else 0)
    workers.train(args.strategy, str(args.run), slow, epochs=args.epochs)


if __name__ == "__main__":
    recipe.start(main)
