"""Ctrl-C and SIGTERM during a training: the state is saved, and one line says how to go on."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

from zoo.errors import Interrupted
from zoo.training.callbacks import SaveState
from zoo.training.training_run import TrainingRun

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption(SaveState):
    """Saves the state every minute, and ends a training between two steps when it is asked to stop.

    Within `listening`, the first signal is kept until the step is done; a second one ends the
    process as it would have without this. Of several processes that train together, all stop after
    the same step when one was asked.

    Args:
        run: the run whose state is saved.
    """

    def __init__(self, run: TrainingRun):
        super().__init__(run)
        self.is_asked = False
        self._is_fitting = False

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Handles the signals within the block; elsewhere than in the main thread it does not."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._asked) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _asked(self, number, frame):
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True
        if not self._is_fitting:  # all steps so far are saved
            self._stop()

    def on_train_begin(self, logs=None):
        self._is_fitting = True

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        if self.run.workers.is_any(self.is_asked):
            self.run.save(self._step)
            self.run.workers.wait()  # for the chief, which writes
            self._stop()

    def on_train_end(self, logs=None):
        self._is_fitting = False

    def _stop(self):
        raise Interrupted(
            f"Stopped after {self.run.epoch} epochs and {self.run.step} steps, which are kept in "
            f"{self.run.folder}: the same command goes on from there."
        )
