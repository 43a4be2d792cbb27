"""The processes that train a model together: what each reads, and on what they agree."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras

from zoo.backend.multi_worker import is_multi_worker, make_fit_work
from zoo.data.slices import slice_batches
from zoo.errors import LostWorkerError


class Workers:
    """The processes of a strategy, which all ask this object the same in the same order.

    Args:
        strategy: a `tf.distribute.Strategy`; None, or one of a single process, is one worker.

    Attributes:
        index: number of this process, 0 being the chief, which alone writes files.
        count: how many processes there are.
    """

    def __init__(self, strategy: Any):
        self.index, self.count = 0, 1
        self._strategy = strategy if is_multi_worker(strategy) else None
        if self._strategy is None:
            return
        resolver = strategy.cluster_resolver
        jobs = resolver.cluster_spec().as_dict()
        chiefs = len(jobs.get("chief", []))
        self.count = max(chiefs + len(jobs.get("worker", [])), 1)
        self.index = (resolver.task_id or 0) + (chiefs if resolver.task_type == "worker" else 0)

    @classmethod
    def of(cls, model: keras.Model) -> Workers:
        """Those of the strategy in whose scope a model was made, with a `fit` that works there."""
        make_fit_work(model)
        return cls(getattr(model, "distribute_strategy", None))

    @property
    def is_chief(self) -> bool:
        """Whether this process writes files and scores the model."""
        return self.index == 0

    def slices(self, batches: Any) -> Any:
        """What this process gives to `fit` of batches that all processes have alike."""
        if self._strategy is None:
            return batches
        devices = self._strategy.num_replicas_in_sync // self.count

        def of_worker(context):
            return slice_batches(batches, self.index, self.count, devices)

        return self._strategy.distribute_datasets_from_function(of_worker)

    def is_any(self, flag: bool) -> bool:
        """Whether a flag is True in any process; each waits here for all others."""
        if self.count == 1:
            return flag
        return self._sums([float(flag)])[0] > 0

    def from_chief(self, values: Callable[[], Sequence[float]], count: int) -> list[float]:
        """Numbers that the chief computes, in all processes; the others wait for it.

        Args:
            values: called in the chief alone.
            count: how many they are.
        """
        if self.count == 1:
            return list(values())
        return self._sums(values() if self.is_chief else [0.0] * count)

    def wait(self) -> None:
        """Waits until all processes are here."""
        self.is_any(False)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Raises one error where another process ends, or cannot be reached, within the block."""
        if self.count == 1:
            yield
            return
        import tensorflow as tf

        errors = tf.errors
        lost = (errors.UnavailableError, errors.AbortedError, errors.CancelledError)
        try:
            yield
        except (*lost, errors.InternalError, errors.DeadlineExceededError) as error:
            raise LostWorkerError(
                f"Worker {self.index} of {self.count} stopped, since another one ended or cannot "
                "be reached: the same command, given to each of them, goes on from the last saved "
                "state."
            ) from error

    def local(self, variable: keras.Variable) -> Any:
        """The value of a variable in this process, without asking the others for theirs."""
        if self._strategy is None:
            return keras.ops.convert_to_numpy(variable)
        return self._strategy.experimental_local_results(variable.value)[0].numpy()

    def _sums(self, values: Sequence[float]) -> list[float]:
        return [float(value) for value in self._sum(values)]

    @functools.cached_property
    def _sum(self) -> Callable:
        import tensorflow as tf

        strategy = self._strategy

        @tf.function(autograph=False)
        def summed(values):
            def of_replica(values):
                # One device speaks for its process.
                replica = tf.distribute.get_replica_context().replica_id_in_sync_group
                devices = strategy.num_replicas_in_sync // self.count
                return tf.where(replica % devices == 0, values, tf.zeros_like(values))

            return strategy.reduce("SUM", strategy.run(of_replica, args=(values,)), axis=None)

        return lambda values: summed(tf.constant(values, tf.float64)).numpy()
