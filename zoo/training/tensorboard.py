"""Scalars and statistics of a run for TensorBoard, written by TensorFlow's own writers."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
from keras import ops

from zoo.training.statistics import step_statistics
from zoo.training.training_run import TrainingRun


class TensorBoardLog(keras.callbacks.Callback):
    """Writes loss, rate and tokens per second, and every so many steps what is inside of one.

    All of it lies in the run's folder, and `tensorboard --logdir RUN/tensorboard` shows it. Its
    parts are `train`, scalars over steps: the mean loss of the epoch so far, `learning_rate`,
    `tokens_per_second`, `validation/NAME`, and those of `zoo.training.statistics.StepStatistics`;
    and `over_time/step-N`, for each step looked into, the norm of dLoss/dh_t of each recurrent
    layer over t, where others have steps. The steps between cost nothing.

    Args:
        run: the run that is trained.
        epochs: `batches`, `steps`, `tokens` and `padding` of an epoch, as
            `zoo.experiments.recipe.Epochs` has them: a batch is made anew to be looked into.
        every: steps from one that is looked into to the next.
        inside: whether statistics are written, and not only scalars.
    """

    def __init__(self, run: TrainingRun, epochs: Any, every: int = 500, inside: bool = True):
        super().__init__()
        self.run = run
        self.epochs = epochs
        self.folder = run.folder / "tensorboard"
        self.every = every
        self.inside = inside
        self._step = 0
        self._mark: tuple[float, int] | None = None
        self._writer: Any = None

    @property
    def step(self) -> int:
        """Steps of the whole run that are done."""
        return self.run.epoch * self.epochs.steps + self._step

    def on_train_begin(self, logs=None):
        self._step = self.run.step
        self._mark = None

    def on_train_batch_begin(self, batch, logs=None):
        if not self.inside or self.step % self.every:
            return
        first = next(iter(self.epochs.batches(self.run.epoch, self._step)))
        if hasattr(self.model, "jax_state_sync"):  # on JAX, fit holds the weights itself
            self.model.jax_state_sync()
        found = step_statistics(self.model, first)
        self.write(found.values)
        with contextlib.closing(_writer(self.folder / f"over_time/step-{self.step:06d}")) as writer:
            for name, norms in found.over_time.items():
                for t, norm in enumerate(norms):
                    _write(writer, f"dloss_dh/{name}", norm, t)
        self._mark = None  # the time this took is not that of steps

    def on_train_batch_end(self, batch, logs=None):
        self._step += 1
        is_due = self.step % self.every == 0 or self._step == self.epochs.steps
        if is_due:
            if hasattr(self.model, "jax_state_sync"):
                self.model.jax_state_sync()
            rate = float(ops.convert_to_numpy(self.model.optimizer.learning_rate))
            loss = float((logs or {}).get("loss", float("nan"))) / (1 - self.epochs.padding)
            self.write({"loss": loss, "learning_rate": rate, **self._speed()})
        if is_due or self._mark is None:  # the first step compiles: it tells nothing of the speed
            self._mark = (time.perf_counter(), self._step)

    def _speed(self) -> dict[str, float]:
        if self._mark is None:
            return {}
        steps, seconds = self._step - self._mark[1], time.perf_counter() - self._mark[0]
        return {"tokens_per_second": steps / seconds * self.epochs.tokens / self.epochs.steps}

    def scores(self, scores: Mapping[str, float]) -> None:
        """Writes the scores of an epoch, `validation/NAME`, before it is closed."""
        self._step = self.epochs.steps
        self.write({f"validation/{name}": score for name, score in scores.items()})

    def write(self, values: Mapping[str, float]) -> None:
        """Writes numbers at the step that the run is at."""
        if self._writer is None:
            self._writer = _writer(self.folder / "train")
        for name, value in values.items():
            _write(self._writer, name, value, self.step)
        self._writer.flush()


def _writer(folder: Path) -> Any:
    import tensorflow as tf

    return tf.summary.create_file_writer(str(folder))


def _write(writer: Any, name: str, value: float, step: int) -> None:
    """`tf.summary.scalar`, which TensorFlow has only where TensorBoard is installed beside it."""
    import tensorflow as tf

    metadata = tf.compat.v1.SummaryMetadata
    plugin = metadata.PluginData(plugin_name="scalars")
    about = metadata(plugin_data=plugin, data_class=1)  # a scalar over steps
    with writer.as_default():
        tf.summary.write(name, tf.constant(value, tf.float32), step=step, metadata=about)
