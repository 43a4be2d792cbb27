"""What a training has come to, in a few lines at its end."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from zoo.training.training_run import TrainingRun

_LABEL = 12  # columns of the names at the left


def run_summary(
    run: TrainingRun, epochs: Any, metric: str, digits: int, chosen: str, data: str | None = None
) -> Iterator[tuple[str, str]]:
    """What was trained, how long it took, and how good it became.

    Args:
        run: the run, ended.
        epochs: a `zoo.experiments.recipe.Epochs`.
        metric: what the scores are.
        digits: with how many after the point they are shown.
        chosen: the weights that are kept, such as "best epoch".
        data: name of the data; None: it has none.

    Yields:
        Names and what is said of them. Times are those of all sittings; tokens per second those of
        the steps alone, without scoring.
    """
    of = f" of {data}" if data else ""
    yield "trained on", f"{epochs.description}{of}, {epochs.tokens:,} tokens an epoch"
    yield "epochs", f"{run.epoch}, {run.epoch * epochs.steps:,} steps"
    lines = run.log
    seconds = sum(line.get("training_seconds", 0) for line in lines)
    speed = sum(line.get("steps", 0) for line in lines) * epochs.tokens / epochs.steps
    said = f", {speed / seconds:,.0f} tokens/s" if seconds else ""
    yield "time", f"{_clock(sum(line.get('seconds', 0) for line in lines))}{said}"
    best = max(run.scores, key=lambda epoch: (run.scores[epoch], -epoch))
    yield "best score", f"{metric} {abs(run.scores[best]):.{digits}f} after epoch {best}"
    yield "weights", f"the {chosen}"
    boards = ", tensorboard/" if (run.folder / "tensorboard").exists() else ""
    yield "run", f"{run.folder}: log.csv, log.jsonl{boards}"


def saved_summary(out: str | os.PathLike, then: str) -> Iterator[tuple[str, str]]:
    """The file that was written, and the command to go on with."""
    yield "saved", f"{out}, {Path(out).stat().st_size / 1e6:.1f} MB"
    yield "next", then


def summary_lines(rows: Iterable[tuple[str, str]], columns: int | None = None) -> Iterator[str]:
    """Lines of text, a name at the left of each.

    Args:
        rows: names and what is said of them.
        columns: characters of a line. None: those of the terminal, and any number elsewhere.
    """
    if columns is None and sys.stdout.isatty():
        columns = shutil.get_terminal_size().columns
    for name, said in rows:
        if columns is None or name == "next":  # a command is copied as one line
            yield f"{name:{_LABEL}}{said}"
            continue
        size = max(columns - _LABEL - 1, 20)
        parts = textwrap.wrap(said, size, break_long_words=False, break_on_hyphens=False)
        for label, part in zip([name, *[""] * (len(parts) - 1)], parts, strict=True):
            yield f"{label:{_LABEL}}{part}"


def _clock(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60}:{minutes % 60:02d} h"
