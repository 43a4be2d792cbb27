"""On which devices a model is trained."""

from __future__ import annotations

import contextlib
import functools
from typing import Any

import keras

from zoo.errors import ConfigError

STRATEGIES = ("one", "mirrored", "auto")


def distribution_scope(name: str | None):
    """The scope in which a model is built and compiled to be trained on several devices.

    Args:
        name: "one" or None, one device; "mirrored", `tf.distribute.MirroredStrategy` over all GPUs
            that TensorFlow sees (over the logical CPU devices where there is no GPU), each of which
            takes an equal part of every batch; "auto": mirrored where there are several GPUs, else
            one.

    Returns:
        A context manager.

    Raises:
        ConfigError: for another name, or for several devices on a backend other than TensorFlow.
    """
    strategy = strategy_of(name)
    return contextlib.nullcontext() if strategy is None else strategy.scope()


def replica_count(name: str | None) -> int:
    """Devices that share a batch under a strategy: the rows of a batch are a multiple of it."""
    strategy = strategy_of(name)
    return 1 if strategy is None else strategy.num_replicas_in_sync


def strategy_of(name: str | None) -> Any:
    """The `tf.distribute.Strategy` of a name, one for the whole process; None for one device."""
    name = name or "one"
    if name not in STRATEGIES:
        raise ConfigError(f"There is no strategy {name!r}: take one of {', '.join(STRATEGIES)}.")
    if name == "auto":
        name = _found()
    return None if name == "one" else _mirrored()


def _found() -> str:
    if keras.backend.backend() != "tensorflow":
        return "one"
    import tensorflow as tf

    return "mirrored" if len(tf.config.list_physical_devices("GPU")) > 1 else "one"


@functools.cache
def _mirrored() -> Any:
    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            "The strategy 'mirrored' is TensorFlow's: unset KERAS_BACKEND, or take 'one'."
        )
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])
