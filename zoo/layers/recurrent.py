"""Recurrence over time: any cell, any mask, one direction. Knows cells and tensors, no data."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras
from keras import ops

from zoo.backend.time_loop import scan, stateful_scan
from zoo.backend.whole_recurrence import whole_recurrence
from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.cell_traits import is_affine, projects_in_steps, reads_training
from zoo.layers.fused_recurrence import fused_recurrence
from zoo.layers.watching import watcher


@keras.saving.register_keras_serializable(package="zoo")
class Recurrent(keras.layers.Layer):
    """Runs a cell along the time axis.

    A cell that splits itself as `zoo.cells.RecurrentCell` does takes the fused path in training: a
    loop with only the products and the gates, and one product for each weight gradient. Any other
    Keras cell takes the general path, with the same results. If a cell offers `project` and `step`,
    the inputs of all steps are projected by one product, save where a product a step is faster
    (`zoo.layers.cell_traits.projects_in_steps`). In training, a cell whose `call` reads its
    argument `training`, or that holds a random generator, is stepped by its `call` alone, so that
    dropout written there is on.

    Args:
        cell: a Keras recurrent cell (`call(inputs, states)`, `state_size`).
        go_backwards: run from the last time step to the first. Outputs stay in the order of inputs.
        recurrent_dropout: fraction of `h_{t-1}` dropped before the recurrent product, with one mask
            for all time steps (Gal and Ghahramani 2016, arXiv:1512.05287). Needs a cell of the
            fused path.
        learned_initial_state: start from trained states instead of zeros.
        weight_dropout: fraction of the entries of the recurrent kernel dropped, the same for all
            rows and time steps of a call (Merity et al. 2018, arXiv:1708.02182, section 2). Needs a
            cell of the fused path.

    Raises:
        ConfigError: for a dropout outside `[0, 1)` or with a cell of the general path.

    Example:

    >>> import keras
    >>> from zoo.cells import GRUCell
    >>> outputs, states = Recurrent(GRUCell(3))(keras.ops.ones((2, 5, 4)))
    >>> tuple(outputs.shape), tuple(states[0].shape)
    ((2, 5, 3), (2, 3))
    """

    def __init__(
        self,
        cell,
        go_backwards: bool = False,
        recurrent_dropout: float = 0.0,
        learned_initial_state: bool = False,
        weight_dropout: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        dropouts = {"recurrent_dropout": recurrent_dropout, "weight_dropout": weight_dropout}
        for name, fraction in dropouts.items():
            if not 0 <= fraction < 1:
                raise ConfigError(f"{name} must be in [0, 1), not {fraction!r}.")
        self.cell = cell
        self.go_backwards = go_backwards
        self.recurrent_dropout = recurrent_dropout
        self.learned_initial_state = learned_initial_state
        self.weight_dropout = weight_dropout
        self.must_call = reads_training(cell)
        has_gates = hasattr(cell, "gates") and getattr(cell, "gates_gradient", None) is not None
        self.is_fused = has_gates and not self.must_call
        for name, fraction in dropouts.items():
            if fraction and not self.is_fused:
                why = "drops states in its own call" if has_gates else "has none"
                raise ConfigError(
                    f"{name} needs a cell with gates and gates_gradient; {type(cell).__name__} "
                    f"{why}: set {name} to 0, drop states inside the cell, or take a cell of "
                    "zoo.cells."
                )
        self.supports_masking = True
        is_random = recurrent_dropout or weight_dropout
        self.seed_generator = keras.random.SeedGenerator() if is_random else None

    @property
    def state_sizes(self) -> list:
        """Width of each state tensor; of states over a grid their shapes, without the batch."""
        size = self.cell.state_size
        return [size] if isinstance(size, int) else list(size)

    @property
    def state_shapes(self) -> list[tuple[int, ...]]:
        """Shape of each state tensor, without the batch."""
        return [(size,) if isinstance(size, int) else tuple(size) for size in self.state_sizes]

    @property
    def output_size(self) -> int:
        """Width of the output."""
        return getattr(self.cell, "output_size", None) or self.state_sizes[0]

    def build(self, input_shape):
        build_once(self.cell, (input_shape[0], *input_shape[2:]))
        self.initial_states = [
            self.add_weight(name=f"initial_state_{i}", shape=shape, initializer="zeros")
            for i, shape in enumerate(self.state_shapes if self.learned_initial_state else [])
        ]

    def get_initial_state(self, batch_size):
        """States before the first step: a list of `[batch, size]`, learned or zeros."""
        if not self.initial_states:
            how = {"dtype": self.compute_dtype}
            return [ops.zeros((batch_size, *shape), **how) for shape in self.state_shapes]
        return [
            ops.broadcast_to(ops.cast(state, self.compute_dtype), (batch_size, *state.shape))
            for state in self.initial_states
        ]

    def call(self, inputs, mask=None, initial_state=None, training=False):
        """Runs over `inputs`.

        Args:
            inputs: `[batch, time, features]`, or of a cell over grids `[batch, time, height, width,
                channels]`; states and outputs have these axes then too.
            mask: bool `[batch, time]`, True = real. Steps that are not real leave the states as
                they are and give zeros; padding may stand anywhere, and rows may be all padding.
            initial_state: list of `[batch, size]` in place of the layer's own.
            training: whether dropout is on.

        Returns:
            Outputs `[batch, time, units]`, and the list of states after the last real step.
        """
        batch_size = ops.shape(inputs)[0]
        states = initial_state or self.get_initial_state(batch_size)
        states = [ops.cast(state, self.compute_dtype) for state in states]
        whole = whole_recurrence(self.cell, inputs, mask, states, self.go_backwards)
        if whole is not None:
            return whole
        steps = ops.swapaxes(inputs, 0, 1)
        time_mask = is_real = None
        if mask is not None:
            time_mask = ops.transpose(ops.cast(mask, self.compute_dtype))
            time_mask = _beside(time_mask, steps)
            is_real = time_mask > 0
            if not is_affine(self.cell):
                steps = _without_padding(steps, is_real)
        # Beside its speed the written-out gradient has a price: a SavedModel cannot hold what it
        # keeps. Without training, the gradient is that of automatic differentiation.
        run = self._fused if self.is_fused and training else self._general
        watch = watcher() if training else None
        nudges, before = None, states
        if watch is not None:
            shape = (ops.shape(steps)[0], batch_size, *self.state_shapes[0])
            nudges = watch.begin(self, ops.zeros(shape, self.compute_dtype))
        outputs, states = run(steps, states, time_mask, training, nudges)
        if watch is not None:
            watch.end(self, steps, before, outputs, is_real)
        if is_real is not None:
            is_real = _beside(is_real, outputs)
            outputs = ops.where(is_real, outputs, ops.zeros((), outputs.dtype))
        return ops.swapaxes(outputs, 0, 1), states

    def step(self, inputs, states):
        """One step, for decoding: `[batch, features]` and states to `(output, new states)`."""
        output, states = self.cell(inputs, states)
        return output, list(states)

    def _fused(self, steps, states, mask, training, nudges=None):
        dropout = kernel = None
        if training and self.recurrent_dropout:
            dropout = keras.random.dropout(
                ops.ones_like(states[0]), self.recurrent_dropout, seed=self.seed_generator
            )
        if training and self.weight_dropout:
            kernel = keras.random.dropout(
                ops.convert_to_tensor(self.cell.recurrent_kernel),
                self.weight_dropout,
                seed=self.seed_generator,
            )
        how = (mask, dropout, self.go_backwards, kernel, nudges)
        return fused_recurrence(self.cell, steps, states, *how)

    def _general(self, steps, states, mask, training, nudges=None):
        advance = self.cell
        if self._projects_at_once(training):
            advance, steps = self.cell.step, self.cell.project(steps)

        def step(states, inputs):
            output, new_states = advance(inputs[0], list(states))
            own = new_states[0]
            if mask is not None:
                real = inputs[1] > 0
                new_states = [
                    ops.where(_beside(real, new), new, old)
                    for old, new in zip(states, new_states, strict=True)
                ]
            if nudges is not None:
                output = output + inputs[-1] if output is own else output
                new_states = [new_states[0] + inputs[-1], *new_states[1:]]
            return tuple(new_states), output

        inputs = tuple(x for x in (steps, mask, nudges) if x is not None)
        with _masks_of_keras(self.cell, steps, states, training):
            run = stateful_scan(self.cell) if training and self.must_call else scan
            states, outputs = run(step, tuple(states), inputs, reverse=self.go_backwards)
        return outputs, list(states)

    def _projects_at_once(self, training) -> bool:
        if not hasattr(self.cell, "project") or not hasattr(self.cell, "step"):
            return False
        return not self.must_call if training else not projects_in_steps(self.cell)

    def compute_output_shape(self, input_shape):
        states = [(input_shape[0], *shape) for shape in self.state_shapes]
        return (*input_shape[:-1], self.output_size), states

    def get_config(self):
        return {
            **super().get_config(),
            "cell": keras.saving.serialize_keras_object(self.cell),
            "go_backwards": self.go_backwards,
            "recurrent_dropout": self.recurrent_dropout,
            "learned_initial_state": self.learned_initial_state,
            "weight_dropout": self.weight_dropout,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["cell"] = keras.saving.deserialize_keras_object(config["cell"])
        return cls(**config)


def _beside(mask, values):
    """A mask, such as `[time, batch]`, with axes of length 1 until it has as many as `values`."""
    return ops.reshape(mask, (*ops.shape(mask)[:2], *[1] * (len(values.shape) - 2)))


def _without_padding(steps, is_real):
    """Inputs `[time, batch, ...]` whose padding is the first real step of its row, or ones.

    What a cell makes of padding is thrown away, except that its gradient there is zero times the
    cell's own slope: not a number where padding is, say, divided by its length. A real input gives
    what the cell gives for one anyway.
    """
    first = ops.argmax(ops.cast(is_real, "int32"), axis=0, keepdims=True)  # [1, batch, 1...]
    first = ops.take_along_axis(steps, first, axis=0)
    first = ops.where(ops.any(is_real, axis=0, keepdims=True), first, ops.ones((), steps.dtype))
    return ops.where(is_real, steps, first)


@contextlib.contextmanager
def _masks_of_keras(cell, steps, states, training) -> Iterator[None]:
    """The dropout masks of a Keras cell, which are made before its loop and forgotten after it."""
    if not training or not hasattr(cell, "get_dropout_mask"):
        yield
        return
    try:
        cell.get_dropout_mask(steps[0])
        cell.get_recurrent_dropout_mask(states[0])
        yield
    finally:
        cell.reset_dropout_mask()
        cell.reset_recurrent_dropout_mask()
