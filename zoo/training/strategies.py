"""On which devices a model is trained."""

from __future__ import annotations

import contextlib

import keras

from zoo.errors import ConfigError


def distribution_scope(name: str | None):
    """The scope in which a model is built to be trained on several devices.

    Args:
        name: None for one device, or `"mirrored"`: `tf.distribute.MirroredStrategy` over all GPUs
            that TensorFlow sees (over the logical CPU devices where there is no GPU), each of which
            takes an equal part of every batch.

    Returns:
        A context manager.

    Raises:
        ConfigError: for another name, or on a backend other than TensorFlow.
    """
    if name is None:
        return contextlib.nullcontext()
    if name != "mirrored":
        raise ConfigError(f"There is no strategy {name!r}: leave it out, or take 'mirrored'.")
    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            "The strategy 'mirrored' is TensorFlow's: unset KERAS_BACKEND, or leave it out."
        )
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices]).scope()


def replica_count() -> int:
    """Devices that share a batch in the scope around the caller."""
    if keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    return tf.distribute.get_strategy().num_replicas_in_sync
