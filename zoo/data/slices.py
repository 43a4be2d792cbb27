"""The part of each batch that one of several processes trains on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf

_AHEAD = 4  # slices that are made while a step is computed


def slice_batches(
    batches: tf.data.Dataset, worker: int, workers: int, devices: int = 1
) -> tf.data.Dataset:
    """The rows of each batch that the devices of one process train on, a batch a device.

    Row `r` of a batch is in one slice and no other. Where the rows do not divide, rows of zeros
    that weigh nothing are added, and the others weigh more by the share that was added, so that the
    mean over the rows of all slices, with those of zeros, is the mean over those of the batch.

    Args:
        batches: a data set of `(inputs, labels)` or `(inputs, labels, weights)`, each nested as it
            likes, whose arrays begin with the axis of the rows.
        worker: number of the process, from 0.
        workers: number of processes.
        devices: of each process.

    Returns:
        A data set of `(inputs, labels, weights)`, `devices` of them for each batch, or without
        weights where all batches have a known number of rows that divides and none had weights.

    Raises:
        ConfigError: if there are no such processes, or batches without labels.

    Example:
        >>> import numpy as np, tensorflow as tf
        >>> batches = tf.data.Dataset.from_tensors((np.arange(3), np.arange(3)))
        >>> [[array.tolist() for array in one] for one in
        ...  slice_batches(batches, 1, 2).as_numpy_iterator()]
        [[[2, 0], [2, 0], [1.3333333730697632, 0.0]]]
    """
    import tensorflow as tf

    if not 0 <= worker < workers or devices < 1:
        raise ConfigError(
            f"A slice is of a worker from 0 to {workers - 1} with 1 device or more, not of worker "
            f"{worker} with {devices}."
        )
    if not isinstance(batches.element_spec, tuple) or len(batches.element_spec) not in (2, 3):
        raise ConfigError(
            "Batches that several processes share are (inputs, labels) or (inputs, labels, "
            "weights), and these are not."
        )
    parts = workers * devices
    rows_of_all = tf.nest.flatten(batches.element_spec)[0].shape[0]

    def slices(*batch: Any) -> tf.data.Dataset:
        if len(batch) == 2 and (rows_of_all is None or rows_of_all % parts):
            batch = (*batch, tf.ones(tf.shape(tf.nest.flatten(batch[1])[0])[:1]))
        rows = tf.shape(tf.nest.flatten(batch)[0])[0]
        each = -(-rows // parts)

        def mine(array: tf.Tensor) -> tf.Tensor:
            filling = tf.concat([[each * parts - rows], tf.shape(array)[1:]], 0)
            filled = tf.concat([array, tf.zeros(filling, array.dtype)], 0)
            shape = tf.concat([[parts, each], tf.shape(array)[1:]], 0)
            begin = worker * devices
            sliced = tf.reshape(filled, shape)[begin : begin + devices]
            known = None if rows_of_all is None else -(-rows_of_all // parts)
            sliced.set_shape([devices, known, *array.shape[1:]])
            return sliced

        if len(batch) == 3:
            more = tf.cast(each * parts, tf.float64) / tf.cast(rows, tf.float64)
            weights = tf.nest.map_structure(lambda w: w * tf.cast(more, w.dtype), batch[2])
            batch = (*batch[:2], weights)
        return tf.data.Dataset.from_tensor_slices(tf.nest.map_structure(mine, batch))

    sliced = batches.flat_map(slices)
    count = int(batches.cardinality())
    if count >= 0:
        sliced = sliced.apply(tf.data.experimental.assert_cardinality(count * devices))
    return sliced.prefetch(_AHEAD)
