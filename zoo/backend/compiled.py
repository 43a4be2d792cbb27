"""A model's own functions, compiled by the backend at hand: the one place where they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np


class Compiled:
    """A function of arrays and a model's weights, compiled once for each length.

    The first axis of every argument is the batch. On TensorFlow it stays free, so one trace serves
    any batch; on JAX, where shapes are fixed, batches are filled up to a power of two. Weights are
    read at every call, so that a model may be trained on between calls.

    Args:
        model: the model whose variables the function reads.
        function: takes tensors `[batch, ...]` and returns a (nested) tuple of tensors
            `[batch, ...]`, or None in their place.
        shapes: shape of each argument without the batch, or that and its dtype; int32 if it is not
            said.
    """

    def __init__(self, model: keras.Model, function: Callable, shapes: Sequence[tuple]):
        specs = [
            spec if len(spec) == 2 and isinstance(spec[1], str) else (spec, "int32")
            for spec in shapes
        ]
        self._dtypes = [dtype for _, dtype in specs]
        backend = keras.backend.backend()
        build = {"tensorflow": self._tensorflow, "jax": self._jax}.get(backend, self._eager)
        self._call = build(model, function, specs)

    def __call__(self, *arguments: np.ndarray):
        """Runs the function on arrays; returns NumPy arrays in the same structure."""
        results = self._call(*map(np.asarray, arguments, self._dtypes))
        return keras.tree.map_structure(
            lambda x: None if x is None else keras.ops.convert_to_numpy(x), results
        )

    @staticmethod
    def _tensorflow(model, function, specs):
        import tensorflow as tf

        signature = [tf.TensorSpec((None, *shape), dtype) for shape, dtype in specs]
        return tf.function(function, input_signature=signature, autograph=False)

    @staticmethod
    def _jax(model, function, specs):
        import jax

        @jax.jit
        def run(values, *arguments):
            with keras.StatelessScope(
                state_mapping=list(zip(model.variables, values, strict=True))
            ):
                return function(*arguments)

        def call(*arguments):
            rows = len(arguments[0])
            filled = 1 << (rows - 1).bit_length()
            arguments = [np.concatenate([a, np.repeat(a[:1], filled - rows, 0)]) for a in arguments]
            results = run([variable.value for variable in model.variables], *arguments)
            return keras.tree.map_structure(lambda x: None if x is None else x[:rows], results)

        return call

    @staticmethod
    def _eager(model, function, specs):
        return lambda *arguments: function(*map(keras.ops.convert_to_tensor, arguments))


def compile_step(model: keras.Model, function: Callable) -> Callable:
    """A function of tensors and a model's weights, compiled once for each structure and shape.

    What it returns stays on the device, to be given to the next call: for loops that are to be seen
    from outside, one step at a time.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        compiled = tf.function(function, autograph=False)

        def call(*arguments):
            return compiled(*keras.tree.map_structure(keras.ops.convert_to_tensor, arguments))

        return call
    if backend == "jax":
        import jax

        @jax.jit
        def run(values, *arguments):
            with keras.StatelessScope(
                state_mapping=list(zip(model.variables, values, strict=True))
            ):
                return function(*arguments)

        return lambda *arguments: run([v.value for v in model.variables], *arguments)
    return function


def jit_compile() -> bool | str:
    """What `keras.Model.compile` is told as `jit_compile`.

    On a CPU TensorFlow's graph with oneDNN's products is faster than XLA; other backends decide.
    """
    return False if keras.backend.backend() == "tensorflow" else "auto"
