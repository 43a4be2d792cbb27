"""Gradients written out where those of the backend are slow on a CPU, and those of inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops


@ops.custom_gradient
def add_bias(inputs, bias):
    """`inputs + bias`, `[..., width]` and `[width]`.

    The gradient of the bias is a product with ones, which is up to six times as fast as the sum
    over rows that TensorFlow takes for it.
    """

    def gradient(upstream, **_):
        rows = ops.reshape(upstream, (-1, upstream.shape[-1]))
        return upstream, sum_of_rows(rows)

    return inputs + bias, gradient


def sum_of_rows(rows):
    """`[n, width] -> [width]`, as a product."""
    ones = ops.ones((1, ops.shape(rows)[0]), dtype=rows.dtype)
    return ops.reshape(ops.matmul(ones, rows), (rows.shape[-1],))


def sigmoid_gradient(outputs, gradients):
    """The gradient at `x`, given `outputs = sigmoid(x)` and the gradient there, of one shape.

    TensorFlow has an operation for it, which counts in a loop over small tensors.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.raw_ops.SigmoidGrad(y=outputs, dy=gradients)
    return gradients * outputs * (1 - outputs)


def tanh_gradient(outputs, gradients):
    """The gradient at `x`, given `outputs = tanh(x)` and the gradient there, of one shape."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.raw_ops.TanhGrad(y=outputs, dy=gradients)
    return gradients * (1 - outputs * outputs)


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


def finest_dtype() -> str:
    """Float64 where the backend has it: Keras on JAX makes float32 of it on the way."""
    return "float64" if keras.backend.backend() == "tensorflow" else "float32"


def can_watch_gradients() -> bool:
    """Whether `gradients_of` is written for the backend."""
    return keras.backend.backend() == "tensorflow"


def gradients_of(
    loss: Callable[[Callable[[Any], None]], Any], weights: Sequence[keras.Variable]
) -> tuple[Any, list[Any], list[Any]]:
    """A loss, its gradients at weights, and those at tensors that it names on the way.

    Args:
        loss: called once with a function `watch`, to which it gives the tensors; returns a scalar.
        weights: trainable variables.

    Returns:
        The loss, the gradient at each weight and at each watched tensor; None where there is none.

    Raises:
        NotImplementedError: on a backend other than TensorFlow, where a tensor met on the way has
            no gradient of its own.
    """
    if not can_watch_gradients():
        raise NotImplementedError("Gradients at tensors on the way are written for TensorFlow.")
    import tensorflow as tf

    watched: list[Any] = []
    with tf.GradientTape() as tape:

        def watch(tensor):
            tape.watch(tensor)
            watched.append(tensor)

        value = loss(watch)
    found = tape.gradient(value, [*(weight.value for weight in weights), *watched])
    found = [None if one is None else tf.convert_to_tensor(one) for one in found]
    return value, found[: len(weights)], found[len(weights) :]


def jacobian(function: Callable[[Any], Any], x: Any) -> Any:
    """The derivatives of all that a function gives, at one point.

    All rows of it come from one pass back: the function is called on as many copies of the point.

    Args:
        function: takes `[rows, n]` and returns `[rows, m]`, each row from its own.
        x: float tensor `[n]`.

    Returns:
        Tensor `[m, n]`.

    Raises:
        NotImplementedError: on a backend that is neither TensorFlow nor JAX.
    """
    count = function(ops.expand_dims(x, 0)).shape[-1]
    copies = ops.broadcast_to(ops.expand_dims(x, 0), (count, x.shape[0]))
    chosen = ops.eye(count, dtype=x.dtype)
    return input_gradient(lambda rows: ops.sum(function(rows) * chosen), copies)[1]
