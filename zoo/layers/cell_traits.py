"""What a recurrent cell is, as far as it decides which way it may be run."""

from __future__ import annotations

import dis
import inspect
import math

import keras

from zoo.backend.time_loop import prefers_small_products
from zoo.cells.recurrent_cell import RecurrentCell


def is_affine(cell) -> bool:
    """Whether no input can turn what a cell reads of it into something that is no number.

    So are cells of `zoo.cells` that neither project nor gate in a way of their own.
    """
    return type(cell).__module__.startswith("zoo.cells.") and projects_by_one_product(cell)


def projects_by_one_product(cell) -> bool:
    """Whether a cell's `project` is that of `RecurrentCell`: a kernel and a bias."""
    return getattr(type(cell), "project", None) is RecurrentCell.project


def projects_in_steps(cell) -> bool:
    """Whether a built cell's inputs are better projected a step at a time than all at once."""
    return projects_by_one_product(cell) and prefers_small_products(math.prod(cell.kernel.shape))


def reads_training(cell) -> bool:
    """Whether a cell's `call` does in training what its `project` and `step` do not.

    It is so if `call` reads its argument `training`, or if the cell holds a random generator or a
    layer that acts in training, such as dropout. Keras's own cells have masks that are made before
    the loop, and need no care.
    """
    if not hasattr(cell, "project") or not hasattr(cell, "step"):
        return _holds_random(cell) and not hasattr(cell, "get_dropout_mask")
    return _reads(type(cell).call, "training") or _holds_random(cell)


def _holds_random(cell) -> bool:
    layers = cell._flatten_layers() if isinstance(cell, keras.layers.Layer) else []
    return any(
        getattr(layer, "_seed_generators", None) or isinstance(layer, _ACT_IN_TRAINING)
        for layer in layers
    )


_ACT_IN_TRAINING = (
    keras.layers.BatchNormalization,
    keras.layers.Dropout,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
    keras.layers.SpatialDropout1D,
)


def _reads(function, name: str) -> bool:
    """Whether a function reads one of its arguments, or takes any that it may hand on."""
    function = inspect.unwrap(function)
    parameters = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return True
    if name not in parameters:
        return False
    for instruction in dis.get_instructions(function):
        names = instruction.argval if isinstance(instruction.argval, tuple) else ()
        if instruction.opname.startswith("LOAD") and name in (instruction.argval, *names):
            return True
    return False
