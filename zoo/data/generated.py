"""Batches that a Python function yields, as a `tf.data` data set of a known number of batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf

_AHEAD = 4  # batches that are made while a step is computed


def generated_batches(
    generate: Callable[[], Iterator[Any]], signature: Any, count: int
) -> tf.data.Dataset:
    """The batches of an epoch as a data set.

    Nothing in it is tuned while it runs: there is nothing to tune, and whoever drops the iterator
    of a tuned data set in TensorFlow 2.21 often waits until its tuner wakes up, which after a long
    epoch is a minute.

    Args:
        generate: gives an iterator over the batches, anew for every iteration.
        signature: the `tf.TensorSpec` of a batch, nested as it is.
        count: how many batches it yields.
    """
    import tensorflow as tf

    dataset = tf.data.Dataset.from_generator(generate, output_signature=signature)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(count)).prefetch(_AHEAD)
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)
