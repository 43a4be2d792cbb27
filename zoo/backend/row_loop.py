"""A loop over rows that end at different times, where rows that have ended cost nothing.

On TensorFlow, whose loops may change the batch they work on, rows that have ended leave it as soon
as they are a quarter of it. Elsewhere shapes are fixed: all rows run to the end of the last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops, tree

_KEPT = 0.75  # fraction of rows at work below which the others leave


def row_loop(
    at_work: Callable[[Any, Any], Any],
    advance: Callable[[Any, Any, Any], Any],
    state: Any,
    constants: Any,
    steps,
):
    """Advances rows until none is at work or all steps are done.

    Args:
        at_work: `(state, constants) -> bool [batch]`, which rows have to go on. A row that has not
            will not have to again.
        advance: `(t, state, constants) -> state`, one step of all rows it is given.
        state: (nested) tensors `[batch, ...]`.
        constants: (nested) tensors `[batch, ...]`, or None, that do not change.
        steps: most steps, an int or an int32 scalar.

    Returns:
        The state of every row after its last step, in the order of the rows.
    """
    if keras.backend.backend() == "tensorflow":
        return _leaving(at_work, advance, state, constants, steps)

    def proceed(t, state):
        return ops.logical_and(t < steps, ops.any(at_work(state, constants)))

    start = ops.convert_to_tensor(0, dtype="int32")
    return ops.while_loop(
        proceed, lambda t, state: (t + 1, advance(t, state, constants)), (start, state)
    )[1]


def _leaving(at_work, advance, state, constants, steps):
    import tensorflow as tf

    def tensors(nested):
        return [tf.convert_to_tensor(x) for x in tree.flatten(nested) if x is not None]

    def packed(like, flat):
        flat = iter(flat)
        return tree.map_structure(lambda x: None if x is None else next(flat), like)

    def any_batch(flat):
        return [tf.TensorShape([None, *x.shape[1:]]) for x in flat]

    def run(t, flat_state, flat_constants):
        """Steps until so many rows have ended that they had better leave."""
        now_constants = packed(constants, flat_constants)

        def proceed(t, flat_state):
            # A mean and no count over a size, which TensorFlow takes from the shape that the rows
            # have at first, where that is known. Of no rows it is no number, which is not above.
            working = at_work(packed(state, flat_state), now_constants)
            fraction = tf.reduce_mean(tf.cast(working, tf.float32))
            return tf.logical_and(t < steps, fraction > _KEPT)

        def body(t, flat_state):
            return t + 1, tensors(advance(t, packed(state, flat_state), now_constants))

        return tf.while_loop(
            proceed,
            body,
            (t, flat_state),
            shape_invariants=(tf.TensorShape([]), any_batch(flat_state)),
            parallel_iterations=1,
        )

    def proceed(t, is_any_left, *_):
        return tf.logical_and(t < steps, is_any_left)

    def body(t, _, rows, flat_state, flat_constants, results):
        t, flat_state = run(t, flat_state, flat_constants)
        places = tf.expand_dims(rows, 1)
        results = [
            tf.tensor_scatter_nd_update(result, places, x)
            for result, x in zip(results, flat_state, strict=True)
        ]
        working = at_work(packed(state, flat_state), packed(constants, flat_constants))
        left = tf.where(working)[:, 0]
        flat_state = [tf.gather(x, left) for x in flat_state]
        flat_constants = [tf.gather(x, left) for x in flat_constants]
        is_any_left = tf.reduce_any(working)
        return t, is_any_left, tf.gather(rows, left), flat_state, flat_constants, results

    flat_state, flat_constants = tensors(state), tensors(constants)
    rows = tf.range(tf.shape(flat_state[0])[0])
    start = (tf.constant(0), tf.constant(True), rows, flat_state, flat_constants, flat_state)
    *_, results = tf.while_loop(
        proceed,
        body,
        start,
        shape_invariants=(
            tf.TensorShape([]),
            tf.TensorShape([]),
            tf.TensorShape([None]),
            any_batch(flat_state),
            any_batch(flat_constants),
            any_batch(flat_state),
        ),
        parallel_iterations=1,
    )
    return packed(state, results)
