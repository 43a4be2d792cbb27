"""Keras's `fit` and `evaluate` under `tf.distribute.MultiWorkerMirroredStrategy`.

Keras 3.15 fails there in two places, which this module steps around on one model; once Keras does
without, a test says so, and the module can go.
"""

from __future__ import annotations

import functools
from typing import Any

import keras


def is_multi_worker(strategy: Any) -> bool:
    """Whether a `tf.distribute.Strategy` is one over several processes."""
    if strategy is None:  # a model of another backend than TensorFlow has none
        return False
    import tensorflow as tf

    return isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)


def make_fit_work(model: keras.Model) -> None:
    """Makes `fit` and `evaluate` of a model work in several processes; others stay as they are.

    Two methods of the model itself are replaced. Before the first step Keras averages a batch over
    the replicas, to build from its shapes what is not built; here the batch of one replica serves.
    After a step Keras takes the mean of the logs over the replicas along an axis, which scalars
    have not; here they have it.

    Args:
        model: a model made in the scope of a strategy, before its first `fit`.
    """
    strategy = getattr(model, "distribute_strategy", None)
    if not is_multi_worker(strategy) or "_maybe_symbolic_build" in vars(model):
        return

    def build(iterator=None, data_batch=None):
        if iterator is not None:
            _, _, batches = next(iter(iterator))
            data_batch = keras.tree.map_structure(
                lambda value: strategy.experimental_local_results(value)[0], next(batches)
            )
        with strategy.scope():
            model._symbolic_build(data_batch=data_batch)

    # Past Keras's own `__setattr__`, which tracks what a model is given.
    object.__setattr__(model, "_maybe_symbolic_build", build)
    for name in ("train_step", "test_step"):
        object.__setattr__(model, name, _with_axis(getattr(model, name)))


def _with_axis(step):
    """A step whose logs, scalars, have an axis of one element each."""

    @functools.wraps(step)
    def stepped(data):
        logs = step(data)
        return keras.tree.map_structure(lambda value: keras.ops.reshape(value, (1,)), logs)

    return stepped
