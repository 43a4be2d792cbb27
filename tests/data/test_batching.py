"""Batches of a Python function as a data set: all of them, again and again, and nothing tuned."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data import generated_batches, stream_batches


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
