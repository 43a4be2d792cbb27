"""What a training would take: shapes, parameters, memory and time, from a few of its steps."""

from __future__ import annotations

import argparse
import atexit
import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zoo.experiments.one_cell import peak_memory

_STEPS = 6


def dry_run(trained: keras.Model, epochs: Any, count: int) -> Iterator[str]:
    """Takes a few steps, and says what all of them would take.

    Steps of other shapes cost something else, and each shape is compiled once: an estimate.

    Args:
        trained: a compiled model; its weights change.
        epochs: a `zoo.experiments.recipe.Epochs`.
        count: how many epochs there would be.

    Yields:
        Lines of text.
    """
    batches = itertools.islice(epochs.batches(0, 0).as_numpy_iterator(), _STEPS)
    seconds, positions, shown, known = 0.0, 0, "", set()
    for batch in batches:
        arrays = keras.tree.flatten(batch)
        shapes = tuple(array.shape for array in arrays)
        labels = int(np.prod((batch[1] if len(batch) > 1 else arrays[0]).shape))
        shown = shown or _shapes(batch[0])
        if shapes not in known:  # compiled now
            trained.train_on_batch(*batch)
            known.add(shapes)
        began = time.perf_counter()
        trained.train_on_batch(*batch)
        seconds, positions = seconds + time.perf_counter() - began, positions + labels
    weights = sum(int(np.prod(w.shape)) for w in trained.trainable_weights)
    rate = positions * (1 - epochs.padding) / max(seconds, 1e-9)
    epoch = epochs.tokens / max(rate, 1e-9)
    examples = f"{epochs.description}, {epochs.tokens:,} labels"
    yield f"{weights:,} trainable parameters; {examples} an epoch"
    yield f"a batch, for example: {shown}"
    yield f"{epochs.steps:,} steps an epoch, {rate:,.0f} labels/s measured over {len(known)} shapes"
    yield f"about {_clock(epoch)} an epoch and {_clock(epoch * count)} for {count}, without scoring"
    peak = peak_memory()
    if peak is not None:
        yield f"{peak / 1024:.1f} GiB of memory so far"


def data_folder(args: argparse.Namespace, folder: Path) -> Path:
    """Where encoded examples are kept: in a folder, of a dry run in one that its end removes."""
    if not args.dry_run:
        return folder
    temporary = tempfile.TemporaryDirectory()
    atexit.register(temporary.cleanup)
    return Path(temporary.name)


def _shapes(inputs: Any) -> str:
    if not isinstance(inputs, dict):
        inputs = {"inputs": inputs}
    return ", ".join(f"{name} {list(np.shape(value))}" for name, value in inputs.items())


def _clock(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60}:{minutes % 60:02d} h"
