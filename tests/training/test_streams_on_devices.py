"""Streams of text on several devices train as on one, clipped gradients too; starts processes."""

from __future__ import annotations

import sys

import keras
import numpy as np
import pytest
import stream_workers as streams
import workers as support

# What Keras does by itself on two devices, and what it does when the module has mended it. The
# gradient of the whole batch is -10, which clipped is -1.
PLAIN = """
import json
import keras, numpy as np, tensorflow as tf
from zoo.backend.multi_worker import make_fit_work

(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])

def kernel(dtype, is_mended):
    with strategy.scope():
        layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        inputs = keras.Input((1,), dtype=dtype)
        model = keras.Model(inputs, layer(keras.ops.cast(inputs, "float32")))
        model.compile(keras.optimizers.SGD(1.0, global_clipnorm=1.0), "mse", jit_compile=False)
    if is_mended:
        make_fit_work(model)
    batches = tf.data.Dataset.from_tensors((np.ones((2, 1), dtype), np.array([[8.0], [2.0]])))
    try:
        model.fit(batches, verbose=0, shuffle=False)
    except tf.errors.InvalidArgumentError as error:
        return error.message
    return float(model.get_weights()[0][0, 0])

print(json.dumps([kernel(dtype, mended) for dtype in ("float32", "bool") for mended in (0, 1)]))
"""


def started(folder, strategy, devices, processes, **variables):
    program = [sys.executable, streams.__file__, str(folder), strategy, str(devices)]
    return support.start(processes, program, **variables)


def require_alike(found, expected):
    for losses, weights, carried in found:
        assert losses == pytest.approx(expected[0], rel=1e-5)
        for there, here in zip((*weights, *carried), (*expected[1], *expected[2]), strict=True):
            np.testing.assert_allclose(there, here, atol=1e-5)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="compares with this process")
def test_two_devices_and_two_processes_are_as_good_as_one(tmp_path):
    several = [
        *started(tmp_path / "two", "mirrored", 2, 1),
        *started(tmp_path / "workers", "multiworker", 2, 2),
    ]
    one = streams.train("one", str(tmp_path / "one"))
    assert one.epoch * streams.STEPS == 50
    expected = streams.figures(one)
    assert any(np.any(state) for state in expected[2])
    require_alike(support.outputs(several), expected)
    # What two devices wrote, states of streams among it, one device goes on from.
    require_alike([streams.figures(streams.train("one", str(tmp_path / "two")))], expected)


def test_keras_still_errs_by_itself():
    """When this fails, Keras does without a part of `zoo.backend.multi_worker`: take it out."""
    clipped_each, clipped_sum, of_bools, mended = support.outputs(
        support.start(1, [sys.executable, "-c", PLAIN])
    )[0]
    assert (clipped_each, clipped_sum) == (2.0, 1.0)
    assert "bool is not in the list of allowed values" in of_bools and mended == 1.0


def test_on_jax_too(tmp_path):
    pytest.importorskip("jax")
    jax = {"KERAS_BACKEND": "jax"}
    one = started(tmp_path / "one", "one", 1, 1, **jax)
    jax["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
    two = started(tmp_path / "two", "mirrored", 2, 1, **jax)
    expected, found = support.outputs([*one, *two])
    require_alike([found], expected)
