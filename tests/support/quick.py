"""Calling layers without waiting: compiled as a whole on JAX, where a loop run eagerly is slow."""

from __future__ import annotations

import keras

_COMPILED: dict = {}  # id of a layer -> the layer, kept alive so that the id stays its own, and it


def quick(function, layer):
    """`function`, of arrays and with the weights of `layer`, compiled where that is quicker.

    Run eagerly, JAX compiles a loop anew at every call, and every operation around it by itself.
    TensorFlow runs both at once, and is left alone.
    """
    if keras.backend.backend() != "jax":
        return function
    import jax

    if function is layer and id(layer) in _COMPILED:
        return _COMPILED[id(layer)][1]

    @jax.jit
    def run(values, *arguments, **more):
        with keras.StatelessScope(state_mapping=list(zip(layer.variables, values, strict=True))):
            return function(*arguments, **more)

    def call(*arguments, **more):
        return run([variable.value for variable in layer.variables], *arguments, **more)

    if function is layer:
        _COMPILED[id(layer)] = layer, call
    return call
