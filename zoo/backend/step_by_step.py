"""Loops that run in Python, one step after another, so that each step can be looked at."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras


@contextlib.contextmanager
def step_by_step() -> Iterator[None]:
    """Runs the loops of the block as they stand, with tensors whose values are known.

    TensorFlow does so wherever nothing is compiled; JAX has to be told.
    """
    if keras.backend.backend() != "jax":
        yield
        return
    import jax

    with jax.disable_jit():
        yield
