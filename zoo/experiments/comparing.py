"""Compares cells: one process after another, each of which trains the same model with its cell."""

from __future__ import annotations

import importlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from zoo import catalogue
from zoo.data.loading import full_name
from zoo.errors import ConfigError, ZooError
from zoo.training.experiment import Experiment
from zoo.version import __version__

FORMAT = 1
# Ctrl-C reaches both processes: that of a cell dies of it and says nothing.
_CELL = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "from zoo.experiments.one_cell import main; main()"
)
COMMAND = (sys.executable, "-c", _CELL)


def compare_cells(
    task: str,
    data: str,
    cells: Sequence[str],
    *,
    epochs: int | None = None,
    seconds: float | None = None,
    fraction: float = 1.0,
    units: int | None = None,
    seed: int = 1,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Trains a task's model with each of some cells, under one budget.

    Each cell has a process of its own, one after the other. All have the same data, order, seed,
    sizes and learning rate, which rises, stays and falls over the budget. Scores are those of the
    validation split.

    Args:
        task: a registered task, such as "pos".
        data: a data set that it learns from, such as "ud/ewt", or the name of its config alone.
        cells: registered cells; in a language model also the bodies "tcn" and "transformer".
        epochs: the budget of each cell in epochs.
        seconds: the budget of each cell in seconds of training steps, in place of `epochs`.
        fraction: share of the training split that is trained on.
        units: width of the model; None: as the task has it of itself.
        seed: of weights and order.
        say: called with a line whenever there is something to say.

    Returns:
        Plain data: what was compared, on what machine, and in `cells` for each its `cell`,
        `owner`, `parameters`, `metric`, `lower_is_better`, `digits`, `value`, `steps`, `words`,
        `seconds`, `words_per_second` (None where too few steps were made to say it),
        `scoring_seconds` and `peak_memory_mib` of the whole process; or `cell` and `error` for one
        that failed.

    Raises:
        UnknownNameError: if there is no such task or cell.
        ConfigError: if a setting makes no sense, or cells cannot be compared in this task.
    """
    bodies = experiment_of(task).bodies
    for cell in cells:
        if cell not in bodies:
            catalogue.cells.entry(cell)
    _check(cells, epochs, seconds, fraction, units)
    settings = {"epochs": epochs, "seconds": seconds, "fraction": fraction}
    settings |= {"units": units, "seed": seed}
    job = {"task": task, "data": full_name(data), **settings}
    rows = []
    for number, cell in enumerate(cells, 1):
        say(f"{cell}: {number} of {len(cells)}")
        rows.append(_in_a_process({**job, "cell": cell}))
        if "error" in rows[-1]:
            say(f"{cell} failed: {rows[-1]['error']}")
    return {"format": FORMAT, **job, **_machine(), "cells": rows}


def experiment_of(task: str) -> type[Experiment]:
    """Returns how the cells of a task are trained and compared.

    Raises:
        UnknownNameError: if there is no such task.
        ConfigError: if nothing says how.
    """
    target = catalogue.about_of(task).get("experiment")
    if target is None:
        able = [name for name in catalogue.tasks.names() if "experiment" in _about(name)]
        raise ConfigError(
            f"Cells cannot be compared in the task {task!r}: take one of {', '.join(able)}."
        )
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _about(task: str) -> dict[str, Any]:
    try:
        return catalogue.about_of(task)
    except ZooError:
        return {}  # of two owners


def _check(
    cells: Sequence[str],
    epochs: int | None,
    seconds: float | None,
    fraction: float,
    units: int | None,
) -> None:
    if not cells or len(set(cells)) < len(cells):
        raise ConfigError("Name the cells to compare, each once.")
    if (epochs is None) == (seconds is None):
        raise ConfigError("The budget is a number of epochs or of seconds: give one of them.")
    if not 0 < fraction <= 1:
        raise ConfigError(f"fraction is above 0 and at most 1, not {fraction}.")
    for name, value in (("epochs", epochs), ("seconds", seconds), ("units", units)):
        if value is not None and value <= 0:
            raise ConfigError(f"{name} is a positive number, not {value}.")


def _in_a_process(job: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(COMMAND, input=json.dumps(job), stdout=subprocess.PIPE, text=True)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"cell": job["cell"], "error": f"its process ended with code {done.returncode}"}


def _machine() -> dict[str, Any]:
    """What figures of speed depend on."""
    names = ("tensorflow", "keras")
    return {
        "hardware": f"{os.cpu_count()} cores, {_processor()}",
        "software": ", ".join(
            [f"zoo {__version__}", *(f"{name} {version(name)}" for name in names)]
        ),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
