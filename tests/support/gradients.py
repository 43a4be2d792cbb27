"""Gradients on the backend at hand, so that one test serves both."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops


def value_and_gradients(function, variables, inputs, compiled=True):
    """The value of `function(*inputs)`, a scalar, and its gradients.

    Returns:
        The value, the gradients of the inputs and those of the variables, in NumPy.
    """
    inputs = [ops.convert_to_tensor(x) for x in inputs]
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        def run(*inputs):
            with tf.GradientTape() as tape:
                tape.watch(inputs)
                value = function(*inputs)
            return value, tape.gradient(value, [*inputs, *(v.value for v in variables)])

        value, gradients = (tf.function(run, autograph=False) if compiled else run)(*inputs)
    else:
        import jax

        def run(inputs, values):
            with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
                return function(*inputs)

        value, gradients = jax.jit(jax.value_and_grad(run, argnums=(0, 1)))(
            inputs, [v.value for v in variables]
        )
        gradients = [*gradients[0], *gradients[1]]
    gradients = [np.asarray(ops.convert_to_numpy(g)) for g in gradients]
    return float(value), gradients[: len(inputs)], gradients[len(inputs) :]
