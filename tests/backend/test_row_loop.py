"""Rows that end at different times, against a loop over each row alone."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from zoo.backend.row_loop import row_loop


def collatz(start: int, steps: int) -> tuple[int, int]:
    """Where a number's Collatz sequence is after at most `steps`, and how many steps it took."""
    taken = 0
    while start != 1 and taken < steps:
        start, taken = (start // 2 if start % 2 == 0 else 3 * start + 1), taken + 1
    return start, taken


def run(numbers, steps, seen=None):
    def at_work(state, constants):
        return state["n"] != 1

    def advance(t, state, constants):
        n, taken = state["n"], state["taken"]
        if seen is not None:
            seen.append(int(ops.shape(n)[0]))
        after = ops.where(n % 2 == 0, n // 2, constants[0] * n + 1)
        working = at_work(state, constants)
        return {
            "n": ops.where(working, after, n),
            "taken": [taken[0] + ops.cast(ops.expand_dims(working, 1), "int32")],
        }

    numbers = ops.convert_to_tensor(np.array(numbers, "int32"))
    state = {"n": numbers, "taken": [ops.zeros((numbers.shape[0], 1), "int32")]}
    end = row_loop(at_work, advance, state, [ops.full_like(numbers, 3)], steps)
    n, taken = np.asarray(end["n"]), np.asarray(end["taken"][0])[:, 0]
    return list(zip(n.tolist(), taken.tolist(), strict=True))


@pytest.mark.parametrize("steps", [0, 1, 7, 200])
def test_every_row_ends_as_it_does_alone(steps):
    numbers = [27, 1, 8, 3, 97, 1, 6, 2, 5, 4]
    assert run(numbers, steps) == [collatz(n, steps) for n in numbers]


def test_no_rows():
    assert run([], 5) == []


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow's loops change their batch"
)
def test_rows_that_have_ended_leave():
    """16 takes 4 steps, 32 five and so on: eagerly the body sees how many rows are left."""
    seen = []
    run([2] * 6 + [4] * 2 + [2**9], 100, seen)
    assert seen == [9, 3] + [1] * 7


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow's loops change their batch"
)
@pytest.mark.parametrize("numbers", [[8], [2, 2**9, 2, 2]])
def test_the_number_of_rows_may_be_known_when_it_is_compiled(numbers):
    """The loop ends, though a compiler that knows how many rows there were counts on them."""
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec([len(numbers)], tf.int32)])
    def compiled(n):
        def advance(t, n, constants):
            return ops.where(n == 1, n, n // 2)

        return row_loop(lambda n, constants: n != 1, advance, n, None, tf.constant(10**6))

    assert compiled(np.array(numbers, "int32")).numpy().tolist() == [1] * len(numbers)
