"""A model's own functions, compiled by the backend at hand: the one place where they differ."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np

from zoo.errors import ConfigError

# Numbers of an array. Compiling a search takes as long as running it as it stands on some 25.
_LITTLE = 16
_is_asked_once: contextvars.ContextVar[bool] = contextvars.ContextVar(
    "is_asked_once", default=False
)


@contextlib.contextmanager
def asked_once() -> Iterator[None]:
    """Says that a function which is called in the block will hardly be called again.

    On TensorFlow the first call then runs as it stands where it is given little, an item of a few
    steps: a search takes half as long so. It is compiled for a second call all the same.
    """
    token = _is_asked_once.set(True)
    try:
        yield
    finally:
        _is_asked_once.reset(token)


class Compiled:
    """A function of arrays and a model's weights, compiled once for each length.

    The first axis of every argument is the batch. On TensorFlow it stays free, so one trace serves
    any batch; on JAX, where shapes are fixed, batches are filled up to a power of two. Weights are
    read at every call, so that a model may be trained on between calls.

    Args:
        model: the model whose variables the function reads.
        function: takes tensors `[batch, ...]` and returns a (nested) tuple of tensors
            `[batch, ...]`, or None in their place.
        shapes: each argument's shape without the batch, None being any size, or `(shape, dtype)`
            such as `((None, 80), "float32")`. An argument without a dtype is int32.

    Raises:
        ConfigError: if a dtype is none that Keras knows, or, in a call, if there are more or fewer
            arguments than shapes, or an argument's values cannot be of its dtype unchanged, such as
            fractions of an int32.
    """

    def __init__(self, model: keras.Model, function: Callable, shapes: Sequence[tuple]):
        backend = keras.backend.backend()
        build = {"tensorflow": self._tensorflow, "jax": self._jax}.get(backend, self._eager)
        self._specs = [_spec(shape) for shape in shapes]
        self._call = build(model, function, self._specs)
        self._as_it_stands = None if backend == "jax" else self._eager(model, function, self._specs)

    def __call__(self, *arguments: np.ndarray):
        """Runs the function on arrays; returns NumPy arrays in the same structure."""
        if len(arguments) != len(self._specs):
            raise ConfigError(
                f"The compiled function takes {len(self._specs)} arrays, not {len(arguments)}."
            )
        given = zip(arguments, self._specs, strict=True)
        arrays = [_cast(value, dtype) for value, (_, dtype) in given]
        call = self._call
        if self._as_it_stands and _is_asked_once.get() and all(a.size <= _LITTLE for a in arrays):
            call, self._as_it_stands = self._as_it_stands, None
        results = call(*arrays)
        return keras.tree.map_structure(
            lambda x: None if x is None else keras.ops.convert_to_numpy(x), results
        )

    @staticmethod
    def _tensorflow(model, function, specs):
        import tensorflow as tf

        signature = [tf.TensorSpec((None, *shape), dtype) for shape, dtype in specs]
        return _of_its_own(tf.function(function, input_signature=signature, autograph=False))

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


def has_free_axes() -> bool:
    """Whether one compiled function takes arrays of any size along an axis whose size is None.

    On JAX every size is compiled for itself.
    """
    return keras.backend.backend() != "jax"


def _spec(shape: tuple) -> tuple[tuple, str]:
    """`(shape, dtype)` of an argument that is said by its shape, or by both."""
    dtype = "int32"
    if len(shape) == 2 and isinstance(shape[0], (tuple, list)):
        shape, dtype = shape
    try:
        return tuple(shape), keras.backend.standardize_dtype(dtype)
    except ValueError:
        raise ConfigError(f"Keras knows no dtype {dtype!r}: give one such as 'float32'.") from None


def _of_its_own(compiled):
    """A function of TensorFlow, of which it is not warned that others with its code were traced.

    Each is traced for one search or one structure, once; by their code TensorFlow takes them for
    one that is traced again and again.
    """
    compiled._omit_frequent_tracing_warning = True
    return compiled


def _cast(value, dtype: str) -> np.ndarray:
    """The array in a dtype: never floats as integers, anything as bools, or what has no room."""
    array, target = np.asarray(value), np.dtype(dtype)
    if array.size == 0 or np.can_cast(array.dtype, target):
        return array.astype(target)
    fits = array.dtype.kind in "biu" or target.kind not in "biu"
    if array.dtype.kind in "iu" and target.kind in "biu":
        room = None if target.kind == "b" else np.iinfo(target)
        fits = room is not None and room.min <= array.min() and array.max() <= room.max
    if not fits:
        raise ConfigError(
            f"An array of {array.dtype} does not fit {dtype}: give it in that dtype, or say its "
            'own beside its shape, such as ((None, 80), "float32").'
        )
    return array.astype(target)


def compile_step(model: keras.Model, function: Callable) -> Callable:
    """A function of tensors and a model's weights, compiled once for each structure and shape.

    What it returns stays on the device, to be given to the next call: for loops that are to be seen
    from outside, one step at a time.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        compiled = _of_its_own(tf.function(function, autograph=False))

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


def backend_name() -> str:
    """What a report of figures says of where they were measured."""
    return keras.backend.backend()
