"""Windows of series as the epochs of a training."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np

from zoo.data import window_batches
from zoo.experiments import recipe


def windows_of(
    args: argparse.Namespace,
    values: np.ndarray,
    starts: np.ndarray,
    *,
    past: int,
    future: int,
    ahead: int = 1,
    past_weight: float = 1.0,
    change: Callable[..., Any] | None = None,
) -> recipe.Epochs:
    """Epochs of windows, `--rows` of them a batch.

    Args:
        args: from `zoo.experiments.recipe.parsed`, with `rows`.
        values: float32 `[time, columns]`, on the scale of the model.
        starts: first steps of all windows, of which a part, `--fraction`, is trained on.
        past, future: steps of a window.
        ahead: how many steps later each label is than what is read: those of a patch.
        past_weight, change: as for `zoo.data.window_batches`.

    Returns:
        The epochs; labels are steps, of all columns together.
    """
    starts = recipe.every_nth(starts, args.fraction)
    how = dict(past=past, future=future, ahead=ahead, rows=args.rows, past_weight=past_weight)

    def batches(epoch, start):
        places = dict(seed=args.seed, epoch=epoch, start=start)
        return window_batches(values, starts, change=change, **how, **places)

    steps = len(starts) // args.rows
    labels = steps * args.rows * (past - ahead + future)
    return recipe.Epochs(batches, steps, labels, 0.0, f"{len(starts):,} windows")
