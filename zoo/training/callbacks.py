"""What happens during `fit`: a bar to look at, and the state on disk."""

from __future__ import annotations

import os
import sys
import time

import keras

from zoo.training.training_run import TrainingRun


class ProgressBar(keras.callbacks.Callback):
    """Loss, target tokens per second and time left of the whole run, on standard error.

    On a terminal it is one line that moves; elsewhere a line is printed every half minute.

    Args:
        epochs: epochs of the run.
        steps: steps of an epoch.
        tokens: target tokens of an epoch, padding left out.
        padding: share of the positions that are padding, by which a loss per position is turned
            into one per token.
        epoch: epochs done before.
        step: steps of the current epoch done before.
    """

    def __init__(
        self,
        epochs: int,
        steps: int,
        tokens: int,
        padding: float = 0.0,
        epoch: int = 0,
        step: int = 0,
    ):
        super().__init__()
        self.epochs, self.steps, self.tokens, self.padding = epochs, steps, tokens, padding
        self.epoch, self.step = epoch, step
        self._is_terminal = sys.stderr.isatty()
        self._rate = None
        self._mark = None
        self._shown = 0.0

    def on_train_begin(self, logs=None):
        self._mark = None

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        now = time.perf_counter()
        if self._mark is None:  # the first step compiles: it says nothing about the speed
            self._mark = (now, self.step)
            return
        pause = 0.2 if self._is_terminal else 30
        if now - self._shown < pause and self.step < self.steps:
            return
        rate = (self.step - self._mark[1]) / max(now - self._mark[0], 1e-9)
        self._rate = rate if self._rate is None else 0.9 * self._rate + 0.1 * rate
        if now - self._mark[0] > 5:
            self._mark = (now, self.step)
        self._shown = now
        self._show(logs or {})

    def on_epoch_end(self, epoch, logs=None):
        if self._is_terminal:
            print(file=sys.stderr)
        self.epoch, self.step = self.epoch + 1, 0

    def _show(self, logs):
        left = (self.epochs - self.epoch) * self.steps - self.step
        done = self.step / self.steps
        line = _fitted(
            f"epoch {self.epoch + 1}/{self.epochs}",
            done,
            f"loss {logs.get('loss', float('nan')) / (1 - self.padding):.3f}",
            f"{_clock(left / self._rate)} left",
            f"{self._rate * self.tokens / self.steps:,.0f} tokens/s",
            columns=_columns() if self._is_terminal else None,
        )
        end = "" if self._is_terminal else "\n"
        print(
            f"\r\033[K{line}" if self._is_terminal else line, end=end, file=sys.stderr, flush=True
        )


class SaveState(keras.callbacks.Callback):
    """Writes the state of a run every minute.

    Args:
        run: the run.
        minutes: time between two writings.
    """

    def __init__(self, run: TrainingRun, minutes: float = 1):
        super().__init__()
        self.run = run
        self.minutes = minutes
        self._step = run.step
        self._last = time.perf_counter()

    def on_epoch_begin(self, epoch, logs=None):
        self._step = self.run.step

    def on_train_batch_end(self, batch, logs=None):
        self._step += 1
        if time.perf_counter() - self._last >= self.minutes * 60:
            self.run.save(self._step)
            self._last = time.perf_counter()


def _fitted(epoch: str, done: float, loss: str, left: str, speed: str, columns: int | None) -> str:
    """The line of a bar, of fewer characters than a terminal has columns: longer ones wrap.

    The bar becomes shorter first, then the speed goes, then the time.
    """
    said = [loss, speed, left]
    for dropped in (None, speed, left, loss):
        said = [one for one in said if one != dropped]
        bare = f"{epoch} {done:4.0%}" + "".join(f"  {one}" for one in said)
        size = 20 if columns is None else min(20, columns - 2 - len(bare))
        if size >= 5:
            full = round(size * done)
            return bare.replace(epoch, f"{epoch} {'━' * full}{'─' * (size - full)}", 1)
        if size >= -1:
            return bare
    return bare[: (columns or len(bare)) - 1]


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):  # a terminal that is no file
        return int(os.environ.get("COLUMNS") or 80)


def _clock(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d} h" if minutes >= 60 else f"{minutes} min"
