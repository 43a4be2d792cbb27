"""The gradient of a function with respect to its input: another place where backends differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras


def input_gradient(function: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """A scalar function of a tensor, and its gradient there.

    It may be called while a model is trained: what is computed here can be differentiated in turn.

    Args:
        function: takes a tensor and returns a scalar one.
        x: float tensor of any shape.

    Returns:
        The function's value, and a tensor of the shape of `x`.

    Raises:
        NotImplementedError: on a backend that is neither TensorFlow nor JAX.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        return value, tape.gradient(value, x)
    if backend == "jax":
        import jax

        return jax.value_and_grad(function)(x)
    raise NotImplementedError(
        f"Gradients of inputs are written for TensorFlow and JAX, not {backend}."
    )
