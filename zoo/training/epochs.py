"""The epochs of a run, and the choice among the weights it leaves, as recipes need them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from zoo.training.callbacks import ProgressBar, SaveState
from zoo.training.training_run import TrainingRun


def train_epochs(
    run: TrainingRun,
    epochs: int,
    steps: int,
    batches: Callable[[int, int], Any],
    score: Callable[[], float],
    bar: ProgressBar,
    show: Callable[[float], str],
) -> None:
    """Trains from where a run stands to its last epoch, scoring the model after each.

    Args:
        run: the run; its model is compiled.
        epochs: epochs of the whole run.
        steps: steps of an epoch.
        batches: `(epoch, start)` to the batches of an epoch from step `start` on.
        score: how good the model is on validation data; higher is better.
        bar: what shows the progress.
        show: what a score is printed as.
    """
    saver = SaveState(run)
    while run.epoch < epochs:
        began = time.perf_counter()
        history = {}
        if run.step < steps:  # but when a run was killed while it scored an epoch
            history = run.model.fit(
                batches(run.epoch, run.step), verbose=0, shuffle=False, callbacks=[bar, saver]
            ).history
        value = score()
        log = {"loss": history.get("loss", [None])[-1], "seconds": time.perf_counter() - began}
        remark = "the best so far" if run.end_epoch(value, log) else ""
        print(f"epoch {run.epoch}: {show(value)}  {remark}".rstrip(), flush=True)


def choose_weights(
    run: TrainingRun, score: Callable[[], float], show: Callable[[float], str]
) -> str:
    """Gives the model the best weights that a run has left.

    They are those of the best epoch, of the last, or the mean of the last two or of all that are
    kept.

    Args:
        run: the run, ended.
        score: how good the model is on validation data; higher is better.
        show: what a score is printed as.

    Returns:
        Which weights they are, such as "mean of the last 2".
    """
    candidates: dict[str, Callable[[], Any]] = {"best epoch": run.load_best}
    for count in sorted({1, 2, run.keep}):
        candidates[f"mean of the last {count}"] = partial(run.load_average, count)
    scores = {}
    for what, load in candidates.items():
        load()
        scores[what] = score()
        print(f"{what}: {show(scores[what])}", flush=True)
    chosen = max(scores, key=scores.__getitem__)
    candidates[chosen]()
    return chosen
