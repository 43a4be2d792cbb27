"""Batches of a Python function as a data set: all of them, again and again, and nothing tuned."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data import generated_batches, stream_batches
from zoo.data.batching import places_of_rows


def test_it_yields_what_the_function_yields():
    import tensorflow as tf

    def generate():
        for n in range(5):
            yield {"a": np.full(n, n)}, n

    signature = ({"a": tf.TensorSpec([None], tf.int32)}, tf.TensorSpec([], tf.int32))
    dataset = generated_batches(generate, signature, 5)
    for _ in range(2):
        found = [(inputs["a"].numpy().tolist(), int(label)) for inputs, label in dataset]
        assert found == [([n] * n, n) for n in range(5)]
    assert len(dataset) == 5
    with pytest.raises(tf.errors.FailedPreconditionError, match="expected to contain 6"):
        list(generated_batches(generate, signature, 6))


def test_no_pipeline_is_tuned():
    """A tuned one keeps whoever drops it waiting, up to a minute an epoch."""
    batches = stream_batches(np.arange(30), rows=2, time=3)
    assert batches.options().autotune.enabled is False


def test_where_the_steps_of_rows_stand():
    """Three sequences of 3, 0 and 2 steps; the second row is one of padding."""
    places, is_real = places_of_rows(np.array([0, 3, 3, 5]), np.array([2, -1, 0, 1]), 4)
    assert places.tolist() == [[3, 4, 0, 0], [0] * 4, [0, 1, 2, 0], [0] * 4]
    assert is_real.sum(axis=1).tolist() == [2, 0, 3, 0] and is_real[:, :2][is_real[:, 0]].all()
