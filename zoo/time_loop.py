"""One loop over time, for layers and decoders: a scan whose outputs need not look like its carry.

`keras.ops.scan` asks on TensorFlow that a step's outputs have the structure of its carry, and keeps
the carry in arrays; recurrence needs neither. This is the only place where the backends differ:
TensorFlow and JAX have their own loop here, and any other backend runs the plain Python loop, which
is also the reference in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops, tree


def scan(
    step: Callable[[Any, Any], tuple[Any, Any]], carry: Any, inputs: Any, reverse: bool = False
) -> tuple[Any, Any]:
    """Runs `step` along the first axis of `inputs`.

    Args:
        step: `(carry, input at t) -> (carry, output at t)`. The carry keeps its structure, shapes
            and dtypes; the output may have any structure.
        carry: the carry before the first step: a (nested) tuple or list of tensors.
        inputs: a (nested) tuple or list of tensors `[time, ...]`.
        reverse: walk from the last step to the first; outputs stay in the order of `inputs`.

    Returns:
        The last carry, and the outputs stacked to `[time, ...]`.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        return _tensorflow_scan(step, carry, inputs, reverse)
    if backend == "jax":
        import jax

        return jax.lax.scan(step, carry, inputs, reverse=reverse)
    return python_scan(step, carry, inputs, reverse)


def python_scan(step, carry, inputs, reverse=False):
    """The same loop, step by step in Python: for any backend with a known number of steps."""
    length = tree.flatten(inputs)[0].shape[0]
    outputs = [None] * length
    for t in reversed(range(length)) if reverse else range(length):
        carry, outputs[t] = step(carry, tree.map_structure(lambda x, t=t: x[t], inputs))
    return carry, tree.map_structure(lambda *ys: ops.stack(ys), *outputs)


def _tensorflow_scan(step, carry, inputs, reverse):
    import tensorflow as tf

    flat_inputs = [tf.convert_to_tensor(x) for x in tree.flatten(inputs)]
    flat_carry = [tf.convert_to_tensor(x) for x in tree.flatten(carry)]
    static_length = flat_inputs[0].shape[0]
    length = static_length if static_length is not None else tf.shape(flat_inputs[0])[0]
    arrays = [
        tf.TensorArray(x.dtype, size=length, element_shape=x.shape[1:]).unstack(x)
        for x in flat_inputs
    ]

    def at(t, flat_carry):
        new_carry, outputs = step(
            tree.pack_sequence_as(carry, flat_carry),
            tree.pack_sequence_as(inputs, [array.read(t) for array in arrays]),
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
        tf.TensorArray(x.dtype, size=length, element_shape=x.shape)
        for x in tree.flatten(output_structure)
    ]

    def body(i, flat_carry, output_arrays):
        t = length - 1 - i if reverse else i
        flat_carry, outputs = at(t, flat_carry)
        written = [a.write(t, y) for a, y in zip(output_arrays, tree.flatten(outputs), strict=True)]
        return i + 1, flat_carry, written

    _, flat_carry, output_arrays = tf.while_loop(
        lambda i, *_: i < length,
        body,
        (0, flat_carry, output_arrays),
        parallel_iterations=1,
        maximum_iterations=static_length,
    )
    outputs = tree.pack_sequence_as(output_structure, [a.stack() for a in output_arrays])
    return tree.pack_sequence_as(carry, flat_carry), outputs
