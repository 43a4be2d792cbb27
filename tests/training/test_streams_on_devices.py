"""Streams of text on several devices train as on one, clipped gradients too; starts processes."""

from __future__ import annotations

import sys

import keras
import numpy as np
import pytest
import stream_workers as streams
import workers as support


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


def test_on_jax_too(tmp_path):
    pytest.importorskip("jax")
    jax = {"KERAS_BACKEND": "jax"}
    one = started(tmp_path / "one", "one", 1, 1, **jax)
    jax["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
    two = started(tmp_path / "two", "mirrored", 2, 1, **jax)
    expected, found = support.outputs([*one, *two])
    require_alike([found], expected)
