"""Keras's `fit` and `evaluate` under `tf.distribute.MirroredStrategy`, and in several processes.

Keras 3.15 clips the gradients of each replica by themselves, before it adds them up; it fails in
two places under `tf.distribute.MultiWorkerMirroredStrategy`, and in one of them under
`MirroredStrategy` too, where a batch holds bools. This module steps around all of it on one model;
once Keras does without, tests say so, and the module can go.
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
    """Makes `fit` and `evaluate` of a model right on several devices and in several processes.

    A model that was made in no strategy's scope stays as it is. Methods of others, and of their
    optimizers, are replaced. Gradients are added up over the replicas and then clipped, so that
    they are those of the whole batch. Before the first step Keras averages a batch over the
    replicas, to build from its shapes what is not built; here the batch of one replica serves,
    which may hold bools, of which there is no average. After a step of several processes Keras
    takes the mean of the logs over the replicas along an axis, which scalars have not; here they
    have it.

    Args:
        model: a compiled model made in the scope of a strategy, before its first `fit`.
    """
    strategy = getattr(model, "distribute_strategy", None)
    if strategy is None or "_maybe_symbolic_build" in vars(model):
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
    _clip_sums(model.optimizer)
    if not is_multi_worker(strategy):
        return
    for name in ("train_step", "test_step"):
        object.__setattr__(model, name, _with_axis(getattr(model, name)))


def _clip_sums(optimizer: keras.optimizers.Optimizer) -> None:
    """Has an optimizer clip the sums of gradients over the replicas, not those of each replica."""
    import tensorflow as tf

    optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # of one that scales the loss
    clip = optimizer._clip_gradients

    def clip_sums(gradients):
        context = tf.distribute.get_replica_context()
        if context is not None and gradients:
            gradients = context.all_reduce(tf.distribute.ReduceOp.SUM, list(gradients))
        return clip(gradients)

    object.__setattr__(optimizer, "_clip_gradients", clip_sums)
    object.__setattr__(optimizer, "_all_reduce_sum_gradients", list)  # they are sums already


def _with_axis(step):
    """A step whose logs, scalars, have an axis of one element each."""

    @functools.wraps(step)
    def stepped(data):
        logs = step(data)
        return keras.tree.map_structure(lambda value: keras.ops.reshape(value, (1,)), logs)

    return stepped
