"""One loop over time, for layers and decoders: a scan whose outputs need not look like its carry.

`keras.ops.scan` asks on TensorFlow that a step's outputs have the structure of its carry, and keeps
the carry in arrays; recurrence needs neither. It also copies every sequence that one loop hands to
another. This is the only place where the backends differ:
TensorFlow and JAX have their own loop here, and any other backend runs the plain Python loop, which
is also the reference in the tests.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras import ops, tree

# Measured on two cores (`python tests/benchmarks recurrence`): while one step waits for the state
# before it, products of the next ones' inputs are done, for up to a quarter more speed; and where
# steps are small, several in a turn. Eight are no faster than four, and each is traced once more.
_STEPS_AT_A_TIME = 4
_STEPS_A_TURN = 4


def scan(
    step: Callable[[Any, Any], tuple[Any, Any]],
    carry: Any,
    inputs: Any,
    reverse: bool = False,
    stack: bool = True,
    small_steps: bool = False,
) -> tuple[Any, Any]:
    """Runs `step` along the first axis of `inputs`.

    Args:
        step: `(carry, input at t) -> (carry, output at t)`. The carry keeps its structure, shapes
            and dtypes; the output may have any structure.
        carry: the carry before the first step: a (nested) tuple or list of tensors.
        inputs: a (nested) tuple or list of tensors `[time, ...]`, or of the `Steps` of another
            scan.
        reverse: walk from the last step to the first; outputs stay in the order of `inputs`.
        stack: whether outputs are stacked. False gives them as another scan reads them without a
            copy, which `stacked` turns into a tensor.
        small_steps: whether a step is so little work that a turn of the loop costs as much, and is
            done so often that a longer tracing pays. TensorFlow then does several steps a turn.

    Returns:
        The last carry, and the outputs stacked to `[time, ...]`.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        if _is_exporting.get():
            return _exported_scan(step, carry, inputs, reverse)
        return _tensorflow_scan(step, carry, inputs, reverse, stack, small_steps)
    if backend == "jax":
        import jax

        return jax.lax.scan(step, carry, inputs, reverse=reverse)
    return python_scan(step, carry, inputs, reverse)


def prefers_small_products(numbers: int) -> bool:
    """Whether a product of each step's input belongs into the loop, not before it for all steps.

    On a CPU the product for all steps goes to memory and comes back, where that of a step stays in
    the cache: 128 units were 1.1 to 1.2 times as fast by steps in batches of 64 and 256, in the
    forward pass and in training, and 512 units as fast (`python tests/benchmarks recurrence`).
    A GPU wants large products, and so does a kernel that is itself too large for the cache.

    Args:
        numbers: in the kernel.
    """
    if keras.backend.backend() != "tensorflow" or numbers > _SMALL_KERNEL:
        return False
    import tensorflow as tf

    return not tf.config.list_logical_devices("GPU")


_SMALL_KERNEL = 2**20  # the largest that was measured


@contextlib.contextmanager
def for_export(unrolled: bool) -> Iterator[None]:
    """Loops on TensorFlow that other programs can read, for what is traced within the block.

    They write their outputs in the order in which they are computed: a converter that turns a loop
    into one of ONNX takes them in that order, wherever the step put them.

    Args:
        unrolled: whether steps are written out one by one; then the length must be known.
    """
    token = _is_exporting.set("unrolled" if unrolled else "in order")
    try:
        yield
    finally:
        _is_exporting.reset(token)


_is_exporting: contextvars.ContextVar[str] = contextvars.ContextVar("is_exporting", default="")


def stacked(sequence):
    """What a scan with `stack=False` gave, as one tensor `[time, ...]`."""
    return sequence.array.stack() if isinstance(sequence, Steps) else sequence


class Steps:
    """The outputs of a scan on TensorFlow, one tensor a step, each where the step left it.

    Args:
        array: the `tf.TensorArray`.
        shape: shape of the stacked tensor.
    """

    def __init__(self, array, shape):
        self.array = array
        self.shape = shape

    @property
    def dtype(self):
        return self.array.dtype


def stateful_scan(layer: keras.layers.Layer) -> Callable[..., tuple[Any, Any]]:
    """A `scan` whose step may change what a layer keeps, such as its random generators.

    A variable that is written within a loop would be written once a trace on JAX. So what a layer
    keeps goes through the loop with the carry, and is written after it.

    Args:
        layer: a built layer that the step calls.
    """

    def run(step, carry, inputs, reverse=False):
        kept = list(layer.non_trainable_variables)
        fixed = [(v, ops.convert_to_tensor(v)) for v in layer.trainable_variables]

        def whole_step(carry, inputs):
            carry, values = carry
            mapping = [*fixed, *zip(kept, values, strict=True)]
            with keras.StatelessScope(state_mapping=mapping) as scope:
                carry, output = step(carry, inputs)
            values = [scope.get_current_value(variable) for variable in kept]
            return (carry, values), output

        start = [ops.convert_to_tensor(variable) for variable in kept]
        (carry, values), outputs = scan(whole_step, (carry, start), inputs, reverse)
        for variable, value in zip(kept, values, strict=True):
            variable.assign(value)
        return carry, outputs

    return run


def python_scan(step, carry, inputs, reverse=False):
    """The same loop, step by step in Python: for any backend with a known number of steps."""
    length = tree.flatten(inputs)[0].shape[0]
    outputs = [None] * length
    for t in reversed(range(length)) if reverse else range(length):
        carry, outputs[t] = step(carry, tree.map_structure(lambda x, t=t: x[t], inputs))
    return carry, tree.map_structure(lambda *ys: ops.stack(ys), *outputs)


def _exported_scan(step, carry, inputs, reverse):
    import tensorflow as tf

    if _is_exporting.get() == "unrolled":
        return python_scan(step, carry, inputs, reverse)
    if not reverse:
        return _tensorflow_scan(step, carry, inputs)
    turned = tree.map_structure(lambda x: tf.reverse(x, [0]), inputs)
    carry, outputs = _tensorflow_scan(step, carry, turned)
    return carry, tree.map_structure(lambda x: tf.reverse(x, [0]), outputs)


def _tensorflow_scan(step, carry, inputs, reverse=False, stack=True, small_steps=False):
    import tensorflow as tf

    flat_inputs = [
        x if isinstance(x, Steps) else tf.convert_to_tensor(x) for x in tree.flatten(inputs)
    ]
    flat_carry = [tf.convert_to_tensor(x) for x in tree.flatten(carry)]
    first = flat_inputs[0]
    static_length = first.shape[0]
    if static_length is not None:
        length = static_length
    else:
        length = first.array.size() if isinstance(first, Steps) else tf.shape(first)[0]

    def at(t, flat_carry):
        new_carry, outputs = step(
            tree.pack_sequence_as(carry, flat_carry),
            tree.pack_sequence_as(inputs, _read(flat_inputs, t)),
        )
        return tree.flatten(new_carry), outputs

    # The shapes of the outputs are wanted before the loop: trace one step into a graph thrown away.
    probe = tf.function(
        lambda flat_carry, *elements: step(
            tree.pack_sequence_as(carry, list(flat_carry)),
            tree.pack_sequence_as(inputs, list(elements)),
        )[1],
        autograph=False,
    ).get_concrete_function(
        [tf.TensorSpec(x.shape, x.dtype) for x in flat_carry],
        *[tf.TensorSpec(x.shape[1:], x.dtype) for x in flat_inputs],
    )
    output_structure = probe.structured_outputs
    output_arrays = [
        tf.TensorArray(x.dtype, size=length, element_shape=x.shape, clear_after_read=False)
        for x in tree.flatten(output_structure)
    ]

    def turn_of(steps):
        def turn(i, flat_carry, output_arrays):
            for done in range(steps):
                t = i + done if done else i
                t = last - t if reverse else t
                flat_carry, outputs = at(t, flat_carry)
                output_arrays = [
                    array.write(t, y)
                    for array, y in zip(output_arrays, tree.flatten(outputs), strict=True)
                ]
            return i + steps, flat_carry, output_arrays

        return turn

    last = length - 1
    i = 0
    for steps, turns in _turns(static_length, _STEPS_A_TURN if small_steps else 1):
        i, flat_carry, output_arrays = tf.while_loop(
            lambda i, *_, end=length - steps + 1: i < end,
            turn_of(steps),
            (i, flat_carry, output_arrays),
            parallel_iterations=_STEPS_AT_A_TIME,
            maximum_iterations=turns,
        )
    if stack:
        outputs = [array.stack() for array in output_arrays]
    else:
        shapes = [(static_length, *x.shape) for x in tree.flatten(output_structure)]
        outputs = [Steps(*pair) for pair in zip(output_arrays, shapes, strict=True)]
    return (
        tree.pack_sequence_as(carry, flat_carry),
        tree.pack_sequence_as(output_structure, outputs),
    )


def _turns(length: int | None, most: int) -> list[tuple[int, int | None]]:
    """Loops one after the other: steps in a turn of each, and its turns where `length` is known."""
    if length is None:
        return [(most, None), (1, None)] if most > 1 else [(1, None)]
    if length < most:
        return [(1, length)]
    return [(steps, n) for steps, n in ((most, length // most), (1, length % most)) if n]


def _read(flat_inputs, t):
    """Step `t` of each input. A slice along the first axis is a view, where `unstack` copies."""
    import tensorflow as tf

    begin = tf.reshape(t, (1,))
    end, strides = begin + 1, tf.ones((1,), "int32")
    return [
        x.array.read(t)
        if isinstance(x, Steps)
        else tf.strided_slice(x, begin, end, strides, shrink_axis_mask=1)
        for x in flat_inputs
    ]
