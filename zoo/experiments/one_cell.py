"""Trains a model with one cell, in a process of its own, so that its memory is its own.

    python -m zoo.experiments.one_cell < settings.json > row.json

The settings are the arguments of `train_cell`. Whatever is printed goes to standard error.
"""

from __future__ import annotations

import collections
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zoo.errors import ZooError
from zoo.experiments.comparing import experiment_of
from zoo.training.experiment import Experiment

_WARMUP, _DECAY = 0.02, 0.7  # fractions of the budget in which the rate rises, falls


def train_cell(
    task: str,
    data: str,
    cell: str,
    *,
    epochs: int | None,
    seconds: float | None,
    fraction: float,
    units: int | None,
    seed: int,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Trains a task's model with a cell until a budget is spent, and scores it.

    Args:
        task: a registered task.
        data: a data set that it learns from.
        cell: a registered cell, or one of the experiment's bodies.
        epochs: the budget in epochs, or None.
        seconds: the budget in seconds of training steps, or None. Steps with a shape that was not
            met before may compile, and do not count.
        fraction: part of the training split that is trained on.
        units: of the model; None: as many as the task has of itself.
        seed: of weights and order.
        say: called with a line that says how far the training is.

    Returns:
        The row of a comparison, see `zoo.experiments.comparing`.
    """
    import keras

    import zoo
    from zoo import catalogue
    from zoo.backend.compiled import jit_compile

    keras.utils.set_random_seed(seed)
    experiment = experiment_of(task)(data, fraction)
    settings = experiment.settings if units is None else {**experiment.settings, "units": units}
    is_body = cell in experiment.bodies
    entry = catalogue.tasks.entry(task) if is_body else catalogue.cells.entry(cell)
    model = zoo.build(task, **{"body" if is_body else "cell": cell}, **settings)
    experiment.encode(model)
    trained = experiment.trained(model)
    trained.compile(
        optimizer=keras.optimizers.Adam(experiment.learning_rate, beta_2=0.99, global_clipnorm=1.0),
        loss=experiment.loss,
        jit_compile=jit_compile(),
    )
    budget = _budget(experiment, epochs, seconds, lambda line: say(f"{cell}: {line}"))
    trained.fit(budget.batches(seed), callbacks=[budget], shuffle=False, verbose=0)
    began = time.perf_counter()
    value = experiment.score(model)
    return {
        "cell": cell,
        "owner": str(entry.owner),
        "parameters": model.count_params(),
        "metric": experiment.metric,
        "lower_is_better": experiment.lower_is_better,
        "digits": experiment.digits,
        "value": value,
        **budget.row(),
        "scoring_seconds": time.perf_counter() - began,
        "peak_memory_mib": peak_memory(),
    }


def _budget(
    experiment: Experiment, epochs: int | None, seconds: float | None, say: Callable[[str], None]
) -> Any:
    """Returns a callback of `fit` that spends a budget and sets the learning rate by it.

    Its `batches(seed)` are what is fitted: batches of one epoch after the other, without an end.
    The callback ends the training, and gives its figures by `row()`.
    """
    import keras

    class Budget(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.steps = self.words = self.counted_words = 0
            self.counted, self.last = 0.0, time.perf_counter()
            self.coming: collections.deque = collections.deque()  # shape and words of batches
            self.met: set[tuple[int, ...]] = set()

        def batches(self, seed):
            for epoch in itertools.count():
                for batch in experiment.batches(seed, epoch).as_numpy_iterator():
                    ids = batch[0][experiment.counted]
                    self.coming.append((batch[1].shape + ids.shape, int((ids != 0).sum())))
                    yield batch

        @property
        def spent(self) -> float:
            if seconds:
                return self.counted / seconds
            return self.steps / (experiment.steps * (epochs or 1))

        def on_train_batch_begin(self, batch, logs=None):
            self.model.optimizer.learning_rate = experiment.learning_rate * _rate(self.spent)
            self.began = time.perf_counter()

        def on_train_batch_end(self, batch, logs=None):
            took = time.perf_counter() - self.began
            shape, words = self.coming.popleft()
            self.steps, self.words = self.steps + 1, self.words + words
            if shape in self.met:
                self.counted, self.counted_words = self.counted + took, self.counted_words + words
            self.met.add(shape)
            if time.perf_counter() - self.last > 30:
                self.last = time.perf_counter()
                say(f"{self.spent:.0%} of the budget, mean loss {float(logs['loss']):.3f}")
            self.model.stop_training = self.spent >= 1

        def row(self):
            speed = self.counted_words / self.counted if self.counted else None
            found = {"steps": self.steps, "words": self.words}
            return {**found, "seconds": self.counted, "words_per_second": speed}

    return Budget()


def _rate(spent: float) -> float:
    """The learning rate as a fraction of its highest: up, level, and down to zero."""
    return min(1.0, (spent + 1e-3) / _WARMUP, (1 - spent) / _DECAY)


def peak_memory() -> float | None:
    """The most memory that this process has held, in MiB; None where nothing says it."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        # Not getrusage: there a new process begins with the peak of the one that started it.
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return None
    return int(line.split()[1]) / 1024


def main() -> None:
    """Reads the settings, trains, and writes the row, or what was wrong."""
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    settings = json.load(sys.stdin)
    from zoo.backend import quiet  # here this module is a command

    if os.environ.get(quiet.LEVEL) == quiet.QUIET:  # as the process that started this one set it
        del os.environ[quiet.LEVEL]
    quiet.import_keras()
    try:
        row = train_cell(**settings, say=lambda line: print(line, file=sys.stderr, flush=True))
    except ZooError as error:
        row = {"cell": settings["cell"], "error": str(error)}
    except Exception as error:  # a cell is anybody's code
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        row = {"cell": settings["cell"], "error": reason}
    with answer:
        json.dump(row, answer)


if __name__ == "__main__":
    main()
