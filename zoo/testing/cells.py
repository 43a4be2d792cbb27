"""The contract of a recurrent cell."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.layers import Recurrent
from zoo.layers.build_once import build_once
from zoo.testing import speed
from zoo.testing.assertions import (
    flat,
    numpy,
    random,
    randomise,
    remade,
    require,
    require_equal,
    require_mixed,
    require_saved,
    require_shape,
)
from zoo.testing.cell_gradients import check_directions, check_double, check_zero_inputs
from zoo.testing.contracts import name_of, resolved
from zoo.testing.sizes import BATCH, FEATURES, MASK, TIME, UNITS
from zoo.testing.speed import SpeedReport, time_cell
from zoo.testing.training import check_gradients_and_fit


def check_cell(cell: str | Callable[..., Any], grid: tuple[int, ...] = ()) -> SpeedReport:
    """Checks a recurrent cell against `CONTRACTS["cell"]`.

    Args:
        cell: a registered name, or a class (or another callable) that is called with the number of
            units, and for mixed precision with `dtype` besides.
        grid: axes between batch and features of what it is tried on, such as `(3, 4)` of images for
            a cell over grids. (): vectors.

    Returns:
        How long its training step takes beside one of `keras.layers.LSTM`, to be printed.

    Raises:
        ContractError: if a clause is broken.

    Example:

    >>> from zoo.cells import GRUCell
    >>> print(check_cell(GRUCell))  # doctest: +SKIP
    GRUCell: 1.41 ms a training step, 0.87 times the 1.62 ms of keras.layers.LSTM (...)
    """
    make, clause = resolved("cell", cell)
    inputs, rng = random(0, BATCH, TIME, *grid, FEATURES), np.random.default_rng(1)
    with clause(1):
        one = make(UNITS)
        require(isinstance(one, keras.layers.Layer), "it is no keras.layers.Layer")
        sizes = _sizes(one.state_size)
        require(_is_positive(one.output_size, *sizes), f"{one.state_size} and {one.output_size}")
    with clause(2):
        build_once(one, (BATCH, *grid, FEATURES))
        randomise(one, rng)
        shapes = Recurrent(one).state_shapes
        states = [random(2 + i, BATCH, *shape) for i, shape in enumerate(shapes)]
        output, new_states = one(inputs[:, 0], states)
        require_shape(output, (BATCH, *grid, one.output_size), "the output")
        require(len(new_states) == len(sizes), f"{len(new_states)} states instead of {len(sizes)}")
        for state, shape in zip(new_states, shapes, strict=True):
            require_shape(state, (BATCH, *shape), "a state")
    with clause(3):
        if hasattr(one, "get_initial_state"):  # Keras starts at zeros where there is none
            start = keras.tree.flatten(one.get_initial_state(batch_size=BATCH))
            for state, shape in zip(start, shapes, strict=True):
                require_shape(state, (BATCH, *shape), "an initial state")
            one(inputs[:, 0], start)
    with clause(4):
        alone = one(inputs[:1, 0], [state[:1] for state in states])
        require_equal([x[:1] for x in flat(output, new_states)], flat(*alone))
        for _ in range(2):  # a second time: what a call leaves behind is of its own shape then
            require_equal(flat(output, new_states), flat(*one(inputs[:, 0], states)))
        _check_rows_in_training(one, inputs[:, 0], states)
    with clause(5):
        if hasattr(one, "project") and hasattr(one, "step"):
            projected = one.project(ops.convert_to_tensor(inputs))
            require_equal(
                flat(*one.step(projected[:, 0], [ops.convert_to_tensor(s) for s in states])),
                flat(output, new_states),
            )
    layer = Recurrent(one)
    with clause(6):
        outputs, finals = layer(inputs)
        peer = keras.layers.RNN(one, return_sequences=True, return_state=True)
        require_equal(flat(outputs, finals), flat(*peer(inputs)))
    with clause(7):
        padded, padded_finals = layer(inputs, mask=np.arange(TIME)[None] < np.full((BATCH, 1), 3))
        short, short_finals = layer(inputs[:, :3])
        require_equal([padded[:, :3], *padded_finals], [short, *short_finals])
        require(not np.any(numpy(padded[:, 3:])), "outputs at padding are not zero")
        check_zero_inputs(one, states, grid)
    with clause(8):
        rough = Recurrent(make(UNITS, dtype="mixed_bfloat16"), dtype="mixed_bfloat16")
        rough.build(inputs.shape)
        rough.set_weights(layer.get_weights())
        require_mixed(rough, rough(inputs)[0], outputs)
        halves = [ops.cast(x, "bfloat16") for x in (inputs[:, 0], *states)]
        require_mixed(rough, rough.cell(halves[0], halves[1:])[0], output)
        check_double(make, grid)
    with clause(9):
        _check_config(one)
        again = remade(one)
        build_once(again, (BATCH, *grid, FEATURES))
        again.set_weights(one.get_weights())
        require_equal(flat(*again(inputs[:, 0], states)), flat(output, new_states))
    with clause(10):
        check_directions(make, grid)
    model = _CellModel(one, grid)
    check_gradients_and_fit(clause(10), clause(11), model, (inputs, MASK), one)
    with clause(12):
        require_saved(model, (inputs, MASK))
    with clause(13):
        return time_cell(make(speed.UNITS), name_of(cell))


@keras.saving.register_keras_serializable(package="zoo_testing")
class _CellModel(keras.Model):
    """A cell over time, from the outputs' mean over it to one number a row."""

    def __init__(self, cell, grid=()):
        super().__init__(name="cell_model")
        self.recurrent = Recurrent(cell)
        self.grid = tuple(grid)
        self.recurrent.build((None, None, *self.grid, FEATURES))
        self.built = True

    def call(self, inputs, training=False):
        steps, mask = inputs
        outputs, _ = self.recurrent(steps, mask=mask, training=training)
        return ops.mean(outputs, axis=1)

    def get_config(self):
        cell = keras.saving.serialize_keras_object(self.recurrent.cell)
        return {"cell": cell, "grid": self.grid}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(keras.saving.deserialize_keras_object(config["cell"]), config["grid"])


def _check_rows_in_training(cell, inputs, states) -> None:
    """Requires of a cell that draws nothing that in training, too, a row is its own."""
    whole, again = (flat(*cell(inputs, states, training=True)) for _ in range(2))
    if any(np.any(numpy(a) != numpy(b)) for a, b in zip(whole, again, strict=True)):
        return  # it draws, such as for dropout, and another batch has other draws
    alone = flat(*cell(inputs[:1], [state[:1] for state in states], training=True))
    for one, other in zip(whole, alone, strict=True):
        gap = float(np.abs(numpy(one)[:1] - numpy(other)).max())
        require(gap < 1e-4, f"in training a row depends on the others: alone it is {gap:.4f} away")


def _check_config(cell) -> None:
    """Requires that a cell's config has what Keras and the cell's own arguments say of it."""
    config = cell.get_config()
    lost = [key for key in keras.layers.Layer.get_config(cell) if key not in config]
    require(not lost, f"its get_config loses {lost}: begin with super().get_config()")
    parameters = inspect.signature(type(cell).__init__).parameters.values()
    settings = [p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)][1:]
    lost = [name for name in settings if name not in config]
    require(not lost, f"its get_config loses the settings {lost}: a loaded model is another one")


def _sizes(state_size) -> list[int]:
    return [state_size] if isinstance(state_size, int) else list(state_size)


def _is_positive(*sizes) -> bool:
    return bool(sizes) and all(isinstance(size, int) and size > 0 for size in sizes)
