"""JAX's part of training on several devices, of one process or of several.

Keras keeps the variables of a model that was made in the scope of `keras.distribution.DataParallel`
on all devices for good, and whatever one process then computes with them the others would have to
compute too. Here they are on all devices while `fit` runs, and on this process's first device
before and after.
"""

from __future__ import annotations

import atexit
import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np

_SECONDS = 60  # in which all processes come to meet the first, and without a sign of life of one
_LAST_SECONDS = 3  # that the first stays at the end


def connect(addresses: Sequence[str], index: int) -> None:
    """Connects this process to the others, once, before anything is computed.

    Args:
        addresses: "host:port" of each process, of which the first is met there.
        index: of this process.

    Raises:
        RuntimeError: by JAX, if something was computed before, or not all come in a minute.
    """
    import jax

    # Steps and sums of CPUs have no order among each other, unless each is awaited.
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    # A process that lost another one ends with an exit code of its own, by what `fit` raises, and
    # listens to SIGTERM itself.
    jax.config.update("jax_enable_recoverability", True)
    jax.config.update("jax_enable_preemption_service", False)
    jax.distributed.initialize(
        addresses[0],
        len(addresses),
        index,
        initialization_timeout=_SECONDS,
        heartbeat_timeout_seconds=_SECONDS,
        shutdown_timeout_seconds=_SECONDS,
    )
    # With recoverability processes do not wait for each other at the end, and JAX aborts one that
    # takes its leave when the first, which serves them all, has ended.
    if index == 0:
        atexit.register(time.sleep, _LAST_SECONDS)


def data_parallel(several_processes: bool) -> keras.distribution.DataParallel:
    """Over the devices of all processes, each of which reads its own rows, or of this one alone."""
    import jax

    devices = jax.devices() if several_processes else jax.local_devices()
    names = [f"{device.platform}:{device.id}" for device in devices]
    return keras.distribution.DataParallel(devices=names, auto_shard_dataset=False)


def process() -> tuple[int, int, int]:
    """The number of this process, how many there are, and how many devices each of them has."""
    import jax

    return jax.process_index(), jax.process_count(), jax.local_device_count()


def gathered(values: Sequence[float]) -> np.ndarray:
    """The numbers that every process gives, `[processes, numbers]` in float64, in all of them."""
    from jax.experimental import multihost_utils

    # As whole numbers, since JAX makes float32 of float64.
    parts = np.asarray(values, "float64").view("int32")
    return np.ascontiguousarray(multihost_utils.process_allgather(parts)).view("float64")


@contextlib.contextmanager
def on_all_devices(
    distribution: keras.distribution.DataParallel, variables: Sequence[Any]
) -> Iterator[None]:
    """Has variables on all devices of a distribution within the block, as `fit` wants them there.

    Args:
        distribution: as `data_parallel` gives it.
        variables: `keras.Variable`s with the same values in each process, which all come here.
    """
    with distribution.scope():
        for variable in variables:
            value = keras.ops.convert_to_numpy(variable)
            # What Keras does with a variable that is made in the scope.
            variable._layout = distribution.get_variable_layout(variable)
            variable.assign(value)
        try:
            yield
        finally:
            for variable in variables:
                value = keras.ops.convert_to_numpy(variable)
                variable._layout = None
                variable.assign(value)
