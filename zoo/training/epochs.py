"""The epochs of a run, and the choice among the weights it leaves, as every recipe has them."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import keras

from zoo.training.callbacks import ProgressBar
from zoo.training.interruption import Interruption
from zoo.training.training_run import TrainingRun


@dataclasses.dataclass(frozen=True)
class Validation:
    """How a model is scored while it is trained, on data that is neither trained on nor tested on.

    Attributes:
        score: gives the model's score on each data set, by its name.
        metric: what the scores are, such as "BLEU".
        lower_is_better: whether they are losses.
        digits: how many are shown after the point.
        samples: gives lines that show what the model writes now, printed after each epoch.
        say: is given what there is to say.
    """

    score: Callable[[], Mapping[str, float]]
    metric: str
    lower_is_better: bool = False
    digits: int = 2
    samples: Callable[[], Iterable[str]] | None = None
    say: Callable[[str], None] = partial(print, flush=True)

    def total(self, scores: Mapping[str, float]) -> float:
        """One number to choose by: the mean over the data sets, higher being better."""
        mean = sum(scores.values()) / len(scores)
        return -mean if self.lower_is_better else mean

    def report(self, what: str, scores: Mapping[str, float], remark: str = "") -> None:
        """Prints a line."""
        figures = ", ".join(f"{name} {score:.{self.digits}f}" for name, score in scores.items())
        self.say(f"{what}: validation {self.metric} {figures}  {remark}".rstrip())


def train_epochs(
    run: TrainingRun,
    epochs: int,
    steps: int,
    batches: Callable[[int, int], Any],
    validation: Validation,
    bar: ProgressBar,
    callbacks: Iterable[keras.callbacks.Callback] = (),
    patience: int | None = None,
) -> None:
    """Trains from where a run stands to its last epoch, scoring the model after each.

    Where several processes train the model, all call this with the same arguments: each reads its
    rows of each batch, and the chief alone scores, says and writes.

    Args:
        run: the run; its model is compiled.
        epochs: epochs of the whole run.
        steps: steps of an epoch.
        batches: `(epoch, start)` to the batches of an epoch from step `start` on.
        validation: how the model is scored.
        bar: what shows the progress.
        callbacks: more of them for `fit`.
        patience: epochs without a better score after which the run ends. None: it does not.

    Raises:
        Interrupted: on Ctrl-C or SIGTERM, when the state is saved.
        LostWorkerError: if another of several processes ended or cannot be reached.
    """
    interruption = Interruption(run)
    with interruption.listening(), run.workers.together():
        while run.epoch < epochs and not _is_stuck(run, patience):
            # The state is saved last, when the other callbacks have done their part of a step.
            shown = [bar] if run.workers.is_chief else []
            _train_epoch(run, steps, batches, validation, [*shown, *callbacks, interruption])


def _is_stuck(run: TrainingRun, patience: int | None) -> bool:
    """Whether the best score is older than `patience` epochs."""
    if patience is None or not run.scores:
        return False
    best = max(run.scores, key=lambda epoch: (run.scores[epoch], -epoch))
    return run.epoch - best >= patience


def _train_epoch(run, steps, batches, validation, callbacks) -> None:
    """The rest of an epoch, its scores, and a line about them."""
    began, first = time.perf_counter(), run.step
    history = {}
    if run.step < steps:  # except when a run was killed while it scored an epoch
        with run.fitting():
            history = run.model.fit(
                run.workers.slices(batches(run.epoch, run.step)),
                steps_per_epoch=steps - run.step,
                verbose=0,
                shuffle=False,
                callbacks=list(callbacks),
            ).history
        run.save(steps)  # scoring may take longer than a user waits
    trained = time.perf_counter() - began
    scores: dict[str, float] = {}

    def total():
        scores.update(validation.score())
        return [validation.total(scores)]

    (score,) = run.workers.from_chief(total, 1)
    log = {
        "loss": history.get("loss", [None])[-1],
        **scores,
        "seconds": time.perf_counter() - began,
        "steps": steps - first,  # of this sitting
        "training_seconds": trained,
    }
    is_best = run.end_epoch(score, log)
    if not run.workers.is_chief:
        return
    validation.report(f"epoch {run.epoch}", scores, "the best so far" if is_best else "")
    for line in validation.samples() if validation.samples else ():
        validation.say(f"    {line}")


def choose_weights(
    run: TrainingRun,
    validation: Validation,
    more: Mapping[str, Callable[[], Any]] | None = None,
    start: Sequence[Any] = (),
    parts: Sequence[float] = (),
) -> str:
    """Gives the model the best of the weights that a run has left.

    Those are the weights of the best epoch, of the last one, and the means of the last two and of
    all that are kept; then mixtures of the best of them and of those that the run began with, which
    may be better than both (Wortsman et al. 2022, arXiv:2109.01903, section 3).

    Args:
        run: the run, ended.
        validation: how the model is scored.
        more: other candidates, by what they are; each sets the weights of the model.
        start: the model's weights when the run began, as of `get_weights`.
        parts: how much of the start is in each mixture, above 0 and below 1.

    Returns:
        Which weights it has now, such as "mean of the last 2".
    """
    candidates: dict[str, Callable[[], Any]] = {"best epoch": run.load_best}
    for count in sorted({1, 2, run.keep}):
        candidates[f"mean of the last {count}"] = partial(run.load_average, count)
    if run.keep_best > 1:
        candidates[f"mean of the best {run.keep_best}"] = run.load_best_average
    candidates.update(more or {})
    totals: dict[str, float] = {}
    best = _best_of(candidates, validation, totals)
    if not parts:
        return best
    end = run.model.get_weights()
    for part in parts:
        mixed = [part * old + (1 - part) * new for old, new in zip(start, end, strict=True)]
        candidates[f"{best}, {part:g} of it the start"] = partial(run.model.set_weights, mixed)
    return _best_of(candidates, validation, totals)


def _best_of(
    candidates: Mapping[str, Callable[[], Any]], validation: Validation, totals: dict[str, float]
) -> str:
    """Which of several weights has the best score; the model is left with it.

    Those that have a total already are not scored again; the others get one.
    """
    for what, load in candidates.items():
        if what in totals:
            continue
        load()
        scores = validation.score()
        totals[what] = validation.total(scores)
        validation.report(what, scores)
    chosen = max(totals, key=totals.__getitem__)
    candidates[chosen]()
    return chosen
