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
            one.

    Returns:
        A context manager.

    Raises:
        ConfigError: for another name, for several devices on a backend other than TensorFlow, or
            for a `TF_CONFIG` that is missing, wrong, or gives this process a port that is taken.
    """
    strategy = strategy_of(name)
    return contextlib.nullcontext() if strategy is None else strategy.scope()


def replica_count(name: str | None) -> int:
    """Devices that share a batch by equal parts: the rows of a batch are a multiple of it.

    Several processes have the batches of one, which `zoo.data.slices` fills up.
    """
    strategy = strategy_of(name)
    is_equal = strategy is not None and _chosen(name) == "mirrored"
    return strategy.num_replicas_in_sync if is_equal else 1


def strategy_of(name: str | None) -> Any:
    """The `tf.distribute.Strategy` of a name, one for the whole process; None for one device."""
    chosen = _chosen(name)
    if chosen == "one":
        return None
    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            f"The strategy {chosen!r} is TensorFlow's: unset KERAS_BACKEND, or take 'one'."
        )
    return _mirrored() if chosen == "mirrored" else _multi_worker()


def _chosen(name: str | None) -> str:
    name = name or "one"
    if name not in STRATEGIES:
        raise ConfigError(f"There is no strategy {name!r}: take one of {', '.join(STRATEGIES)}.")
    return _found() if name == "auto" else name


def _found() -> str:
    if keras.backend.backend() != "tensorflow":
        return "one"
    cluster = cluster_of_environment()
    if cluster is not None and len(cluster.addresses) > 1:
        return "multiworker"
    import tensorflow as tf

    return "mirrored" if len(tf.config.list_physical_devices("GPU")) > 1 else "one"


@functools.cache
def _mirrored() -> Any:
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


@functools.cache
def _multi_worker() -> Any:
    import tensorflow as tf

    cluster = cluster_of_environment()
    if cluster is None:
        raise ConfigError(
            f"The strategy 'multiworker' has the addresses of its processes from {VARIABLE}, which "
            "is not set: start them by `zoo launch --workers 2 ...`, or set it for each of them."
        )
    require_free_port(cluster)
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
