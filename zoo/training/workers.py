"""The processes that train a model together: what each reads, and on what they agree."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras

from zoo.backend import data_parallel
from zoo.backend.multi_worker import is_multi_worker, make_fit_work
from zoo.data.slices import slice_batches
from zoo.errors import LostWorkerError
from zoo.training.strategies import strategy_of


def workers_of(strategy: Any) -> Workers:
    """The processes of what `zoo.training.strategies.strategy_of` gives."""
    if isinstance(strategy, keras.distribution.DataParallel):
        return JaxWorkers(strategy)
    return TensorFlowWorkers(strategy) if is_multi_worker(strategy) else Workers()


def workers_of_model(model: keras.Model, strategy: str | None = None) -> Workers:
    """The processes that train a model, with a `fit` that works there.

    Args:
        model: made in the scope of a strategy.
        strategy: its name, which TensorFlow's models know themselves.
    """
    chosen = strategy_of(strategy)
    if isinstance(chosen, keras.distribution.DataParallel):
        return workers_of(chosen)
    make_fit_work(model)
    return workers_of(getattr(model, "distribute_strategy", None))


class Workers:
    """The processes of a strategy, which all ask this object the same in the same order.

    This class is one process on one device, which asks nobody.

    Attributes:
        index: number of this process, 0 being the chief, which alone writes files.
        count: how many processes there are.
    """

    index, count = 0, 1

    @property
    def is_chief(self) -> bool:
        """Whether this process writes files and scores the model."""
        return self.index == 0

    def slices(self, batches: Any) -> Any:
        """What this process gives to `fit` of batches that all processes have alike."""
        return batches

    def fitting(self, variables: Sequence[Any]) -> contextlib.AbstractContextManager:
        """The block in which `fit` is called on a model of these variables, its optimizer's too."""
        return contextlib.nullcontext()

    def is_any(self, flag: bool) -> bool:
        """Whether a flag is True in any process; each waits here for all others."""
        return flag if self.count == 1 else self._sums([float(flag)])[0] > 0

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
        try:
            yield
        except Exception as error:
            if self.count == 1 or not self._is_loss(error):
                raise
            raise LostWorkerError(
                f"Worker {self.index} of {self.count} stopped, since another one ended or cannot "
                "be reached: the same command, given to each of them, goes on from the last saved "
                "state."
            ) from error

    def local(self, variable: keras.Variable) -> Any:
        """The value of a variable in this process, without asking the others for theirs."""
        return keras.ops.convert_to_numpy(variable)

    def _is_loss(self, error: Exception) -> bool:
        """Whether it is raised where another process is lost."""
        raise NotImplementedError

    def _sums(self, values: Sequence[float]) -> list[float]:
        """The sums over all processes of the numbers that each of them gives."""
        raise NotImplementedError


class JaxWorkers(Workers):
    """The processes of a `keras.distribution.DataParallel`, one or several, each of its devices."""

    def __init__(self, distribution: keras.distribution.DataParallel):
        self._distribution = distribution
        self.index, self.count, self._devices = data_parallel.process()
        if distribution.num_model_replicas == self._devices:  # "mirrored"
            self.index, self.count = 0, 1

    def slices(self, batches: Any) -> Any:
        """A batch for all devices of this process, in place of each batch."""
        import tensorflow as tf

        sliced = slice_batches(batches, self.index, self.count, self._devices)
        if self._devices == 1:
            return sliced

        def in_a_row(*batch):
            def joined(array):
                return tf.reshape(array, tf.concat([[-1], tf.shape(array)[2:]], 0))

            return tf.nest.map_structure(joined, batch)

        return sliced.batch(self._devices, drop_remainder=True).map(in_a_row)

    def fitting(self, variables: Sequence[Any]) -> contextlib.AbstractContextManager:
        return data_parallel.on_all_devices(self._distribution, variables)

    def _is_loss(self, error: Exception) -> bool:
        import jax

        # What Gloo, by which CPUs speak, says reaches Python as another type.
        is_of_gloo = isinstance(error, ValueError) and "Gloo" in str(error)
        return is_of_gloo or isinstance(error, jax.errors.JaxRuntimeError)

    def _sums(self, values: Sequence[float]) -> list[float]:
        return [float(value) for value in data_parallel.gathered(values).sum(0)]


class TensorFlowWorkers(Workers):
    """The processes of a `tf.distribute.MultiWorkerMirroredStrategy`."""

    def __init__(self, strategy: Any):
        self._strategy = strategy
        resolver = strategy.cluster_resolver
        jobs = resolver.cluster_spec().as_dict()
        chiefs = len(jobs.get("chief", []))
        self.count = max(chiefs + len(jobs.get("worker", [])), 1)
        self.index = (resolver.task_id or 0) + (chiefs if resolver.task_type == "worker" else 0)

    def slices(self, batches: Any) -> Any:
        devices = self._strategy.num_replicas_in_sync // self.count

        def of_worker(context):
            return slice_batches(batches, self.index, self.count, devices)

        return self._strategy.distribute_datasets_from_function(of_worker)

    def local(self, variable: keras.Variable) -> Any:
        return self._strategy.experimental_local_results(variable.value)[0].numpy()

    def _is_loss(self, error: Exception) -> bool:
        import tensorflow as tf

        errors = tf.errors
        lost = (errors.UnavailableError, errors.AbortedError, errors.CancelledError)
        return isinstance(error, (*lost, errors.InternalError, errors.DeadlineExceededError))

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
