"""Blocks over time that see their last steps, in place of recurrence. Knows no kind of block."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once


class CausalStack(keras.layers.Layer):
    """Blocks on top of each other, none of which sees a later step: what bodies have in common.

    It has the interface of `RecurrentStack`. What the state is there, is here the last steps of
    each block, so that a step costs no more after a long text than after a short one, and a text
    may be read in parts.

    A block is a layer with `output_size`, and `state_shapes`, the shape of each of its states
    without the batch. It is called as `block(inputs, state, lengths, training=...)`, where `inputs`
    are `[batch, time, features]` and `lengths` int `[batch]`, how many of them are real, the first
    ones; None: all. It returns outputs and the list of states after the last real step.

    Args:
        blocks: the lowest first.
    """

    def __init__(self, blocks, **kwargs):
        super().__init__(**kwargs)
        self.blocks = list(blocks)
        self.supports_masking = True

    @property
    def output_size(self) -> int:
        """Width of the top block's output."""
        return self.blocks[-1].output_size

    def build(self, input_shape):
        for block in self.blocks:
            build_once(block, input_shape)
            input_shape = (*input_shape[:-1], block.output_size)

    def get_initial_state(self, batch_size):
        """States before the first step, zeros: for each block a list of `[batch, ...]`."""
        return [
            [ops.zeros((batch_size, *shape), dtype=self.compute_dtype) for shape in shapes]
            for shapes in (block.state_shapes for block in self.blocks)
        ]

    def call(self, inputs, mask=None, initial_state=None, training=False):
        """`[batch, time, features]` to the top block's outputs and the states of every block.

        Args:
            inputs: `[batch, time, features]`.
            mask: bool `[batch, time]`, True = real. Steps that are not real are seen by none and
                give zeros; padding may stand anywhere, and rows may be all padding.
            initial_state: the states to begin with, as they are returned; None: zeros.
            training: whether dropout is on.

        Returns:
            Outputs `[batch, time, output_size]`, and one list of final states per block.
        """
        states = initial_state or self.get_initial_state(ops.shape(inputs)[0])
        lengths = None
        if mask is not None:
            inputs, lengths = pack(inputs, mask)
        outputs, states = self.run(inputs, states, lengths, training)
        return (outputs if mask is None else unpack(outputs, mask)), states

    def run(self, inputs, states, lengths, training):
        """The same, of rows whose first `lengths` steps are the real ones."""
        new_states = []
        for block, state in zip(self.blocks, states, strict=True):
            state = [ops.cast(values, self.compute_dtype) for values in state]
            inputs, state = block(inputs, state, lengths, training=training)
            new_states.append(state)
        return inputs, new_states

    def step(self, inputs, states):
        """One step, for writing: `[batch, features]` and states to `(output, new states)`."""
        outputs, states = self(ops.expand_dims(inputs, 1), initial_state=states)
        return ops.squeeze(outputs, 1), states

    def compute_output_shape(self, input_shape):
        states = [
            [(input_shape[0], *shape) for shape in block.state_shapes] for block in self.blocks
        ]
        return (*input_shape[:-1], self.output_size), states


def pack(steps, mask):
    """Moves the real steps of each row to its beginning, in their order.

    Args:
        steps: `[batch, time, features]`.
        mask: bool `[batch, time]`, True = real.

    Returns:
        `[batch, time, features]`, and how many are real, int `[batch]`.
    """
    is_real = ops.cast(mask, "int32")
    time = ops.shape(is_real)[1]
    order = ops.argsort(ops.arange(time, dtype="int32") + time * (1 - is_real), axis=1)
    return take_steps(steps, order), ops.sum(is_real, axis=1)


def unpack(steps, mask):
    """Puts what `pack` moved back where it was; zeros where the mask is False."""
    is_real = ops.cast(mask, "int32")
    steps = take_steps(steps, ops.maximum(ops.cumsum(is_real, axis=1) - 1, 0))
    return steps * ops.cast(ops.expand_dims(is_real, -1), steps.dtype)


def last_steps(steps, lengths, count: int):
    """The last real steps: what a block carries.

    Args:
        steps: `[batch, count + time, ...]`, those carried so far before the new ones.
        lengths: how many of the new ones are real, int `[batch]`; None: all.
        count: how many are carried.

    Returns:
        `[batch, count, ...]`.
    """
    if lengths is None:
        return steps[:, ops.shape(steps)[1] - count :]
    return take_steps(steps, ops.expand_dims(lengths, 1) + ops.arange(count, dtype="int32"))


def take_steps(steps, places):
    """Picks steps: `[batch, time, ...]` by int `[batch, n]` gives `[batch, n, ...]`."""
    batch, time = ops.shape(steps)[:2]
    rows = ops.expand_dims(ops.arange(batch, dtype="int32") * time, 1) + ops.cast(places, "int32")
    flat = ops.reshape(steps, (-1, *steps.shape[2:]))
    return ops.take(flat, rows, axis=0)
