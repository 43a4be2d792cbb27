"""Trains a model with one cell, in a process of its own, so that its memory is its own.

    python -m zoo.experiments.one_cell < settings.json > row.json

The settings are the arguments of `train_cell`. Whatever is printed goes to standard error.
"""

from __future__ import annotations

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

_WARMUP, _DECAY = 0.02, 0.7  # shares of the budget in which the learning rate rises, falls


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
        fraction: share of the training split that is trained on.
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
    from zoo.training.losses import SmoothedCrossEntropy

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
        loss=SmoothedCrossEntropy(experiment.smoothing),
        jit_compile=jit_compile(),
    )
    spent = _train(trained, experiment, epochs, seconds, seed, lambda line: say(f"{cell}: {line}"))
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
        **spent,
        "scoring_seconds": time.perf_counter() - began,
        "peak_memory_mib": peak_memory(),
    }


def _train(
    model: Any,
    experiment: Experiment,
    epochs: int | None,
    seconds: float | None,
    seed: int,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Spends the budget; returns steps, words and seconds, and words a second."""
    steps, words, counted_words, counted, epoch = 0, 0, 0, 0.0, 0
    shapes: set[tuple[int, ...]] = set()
    last = time.perf_counter()

    def share() -> float:
        return counted / seconds if seconds else steps / (experiment.steps * (epochs or 1))

    while share() < 1:
        for inputs, labels, weights in experiment.batches(seed, epoch).as_numpy_iterator():
            if share() >= 1:
                break
            model.optimizer.learning_rate = experiment.learning_rate * _rate(share())
            began = time.perf_counter()
            loss = model.train_on_batch(inputs, labels, sample_weight=weights)
            took = time.perf_counter() - began
            ids = inputs[experiment.counted]
            real = int((ids != 0).sum())
            steps, words = steps + 1, words + real
            if labels.shape + ids.shape in shapes:
                counted, counted_words = counted + took, counted_words + real
            shapes.add(labels.shape + ids.shape)
            if time.perf_counter() - last > 30:
                last = time.perf_counter()
                say(f"{share():.0%} of the budget, mean loss {float(loss):.3f}")
        epoch += 1
    return {
        "steps": steps,
        "words": words,
        "seconds": counted,
        "words_per_second": counted_words / counted if counted else None,
    }


def _rate(share: float) -> float:
    """The learning rate as a share of its highest: up, level, and down to zero."""
    return min(1.0, (share + 1e-3) / _WARMUP, (1 - share) / _DECAY)


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
