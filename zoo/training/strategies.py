"""On which devices, of one machine or of several, a model is trained."""

from __future__ import annotations

import contextlib
import functools
from typing import Any

import keras

from zoo.errors import ConfigError
from zoo.training.cluster import VARIABLE, cluster_of_environment, require_free_port

STRATEGIES = ("one", "mirrored", "multiworker", "auto")


def distribution_scope(name: str | None):
    """The scope in which a model is built and compiled to be trained on several devices.

    Args:
        name: "one" or None, one device; "mirrored", `tf.distribute.MirroredStrategy` over all GPUs
            that TensorFlow sees (over the logical CPU devices where there is no GPU), each of which
            takes an equal part of every batch; "multiworker",
            `tf.distribute.MultiWorkerMirroredStrategy` over the processes that `TF_CONFIG` names,
            to be asked for before TensorFlow computes anything; "auto": multiworker where
            `TF_CONFIG` names several processes, else mirrored where there are several GPUs, else
            one. On JAX both are `keras.distribution.DataParallel`, over the devices of this process
            or of all that `TF_CONFIG` names, and `zoo.training.TrainingRun` is told the name.

    Returns:
        A context manager.

    Raises:
        ConfigError: for another name, for several devices on a backend other than TensorFlow and
            JAX, or for a `TF_CONFIG` that is missing, wrong, or gives this process a port that is
            taken.
    """
    strategy = strategy_of(name)
    if strategy is None or keras.backend.backend() == "jax":  # whose variables `fit` distributes
        return contextlib.nullcontext()
    return strategy.scope()


def replica_count(name: str | None) -> int:
    """Devices that share a batch by equal parts: the rows of a batch are a multiple of it.

    Several processes, and JAX's devices, have the batches of one, which `zoo.data.slices` fills up.
    """
    strategy = strategy_of(name) if _chosen(name) == "mirrored" else None
    return getattr(strategy, "num_replicas_in_sync", 1)  # which JAX's has not


def device_count(name: str | None) -> int:
    """Devices that train together, those of all processes."""
    strategy = strategy_of(name)
    of_jax = getattr(strategy, "num_model_replicas", 1)
    return getattr(strategy, "num_replicas_in_sync", of_jax)


def strategy_of(name: str | None) -> Any:
    """What a name stands for, one for the whole process; None for one device.

    It is a `tf.distribute.Strategy`, or on JAX a `keras.distribution.DataParallel`.
    """
    chosen = _chosen(name)
    if chosen == "one":
        return None
    backend = keras.backend.backend()
    if backend == "jax":
        return _data_parallel(chosen == "multiworker")
    if backend != "tensorflow":
        raise ConfigError(
            f"The strategy {chosen!r} is for TensorFlow and JAX, not for {backend}: set "
            "KERAS_BACKEND, or take 'one'."
        )
    return _mirrored() if chosen == "mirrored" else _multi_worker()


def _chosen(name: str | None) -> str:
    name = name or "one"
    if name not in STRATEGIES:
        raise ConfigError(f"There is no strategy {name!r}: take one of {', '.join(STRATEGIES)}.")
    return _found() if name == "auto" else name


def _found() -> str:
    backend = keras.backend.backend()
    if backend not in ("tensorflow", "jax"):
        return "one"
    cluster = cluster_of_environment()
    if cluster is not None and len(cluster.addresses) > 1:
        return "multiworker"
    if backend == "jax":
        import jax

        gpus = [device for device in jax.local_devices() if device.platform != "cpu"]
    else:
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
    return "mirrored" if len(gpus) > 1 else "one"


@functools.cache
def _data_parallel(several_processes: bool) -> Any:
    from zoo.backend import data_parallel

    if several_processes:
        cluster = _cluster()
        # The first process is met at its address by all others, and JAX waits long for a port.
        if cluster.index == 0:
            require_free_port(cluster)
        try:
            data_parallel.connect(cluster.addresses, cluster.index)
        except RuntimeError as error:
            raise ConfigError(
                f"The workers that {VARIABLE} names cannot be connected "
                f"({str(error).splitlines()[0]}): start all of them, with the same addresses, and "
                "ask for the strategy 'multiworker' before JAX computes anything."
            ) from error
    return data_parallel.data_parallel(several_processes)


def _cluster() -> Any:
    """The cluster that this process is said to be of."""
    cluster = cluster_of_environment()
    if cluster is None:
        raise ConfigError(
            f"The strategy 'multiworker' has the addresses of its processes from {VARIABLE}, which "
            "is not set: start them by `zoo launch --workers 2 ...`, or set it for each of them."
        )
    return cluster


@functools.cache
def _mirrored() -> Any:
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


@functools.cache
def _multi_worker() -> Any:
    import tensorflow as tf

    require_free_port(_cluster())
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    except RuntimeError as error:  # by a program that asks too late
        raise ConfigError(
            "The strategy 'multiworker' is to be asked for before TensorFlow computes anything "
            f"({error})."
        ) from error
    except tf.errors.OpError as error:
        raise ConfigError(
            f"The workers that {VARIABLE} names cannot be connected ({error.message}): start all "
            "of them, with the same addresses."
        ) from error
