"""What a forecaster reads, and what may be between that and its head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from zoo.cells import GRUCell
from zoo.errors import ConfigError
from zoo.inputs.series import Series
from zoo.layers import TCN, CausalTransformer, Recurrent, RecurrentStack

# Body -> the layers it has of itself, and the settings that no other body has a use for.
BODIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "recurrent": (1, ("cell", "residual", "recurrent_dropout", "learned_initial_state")),
    "tcn": (4, ("kernel_size",)),
    "transformer": (2, ("heads",)),
}


def body_of(
    body: str,
    units: int,
    layers: int | None,
    dropout: float,
    window: int,
    own: Mapping[str, Any],
) -> Any:
    """A body of one of `BODIES`, not built.

    Args:
        body: its name.
        units: width of each layer.
        layers: how many, or blocks. None: as many as `BODIES` says.
        dropout: fraction of the features dropped between layers or in blocks.
        window: steps before its own that a block of a Transformer sees.
        own: the settings that `BODIES` names, those of other bodies not given.
    """
    layers = BODIES[body][0] if layers is None else layers
    if body == "tcn":
        return TCN(units, layers, own.get("kernel_size") or 3, dropout)
    if body == "transformer":
        return CausalTransformer(units, layers, own.get("heads") or 4, window, dropout)
    cell = own.get("cell") or GRUCell
    how: dict[str, Any] = {
        "recurrent_dropout": own.get("recurrent_dropout") or 0.0,
        "learned_initial_state": own.get("learned_initial_state") or False,
    }
    stacked = [Recurrent(cell(units), **how) for _ in range(layers)]
    return RecurrentStack(stacked, dropout, own.get("residual") or False)


def embedding_of(size: int | None) -> keras.layers.Layer | None:
    """A layer with ReLU of so many features, over what the body would read; None: there is none."""
    return None if size is None else keras.layers.Dense(size, activation="relu")


def series_of(task: str, input: Series | None, columns: int | None) -> Series:
    """The input of a task's model: the one that was given, or one of so many columns.

    Raises:
        ConfigError: when neither is given, or both disagree.
    """
    if input is None and columns is None:
        raise ConfigError(f"{task} needs columns=..., or input=Series(...) with their names.")
    if input is None:
        return Series([f"column {number}" for number in range(1, (columns or 0) + 1)])
    if columns not in (None, len(input.columns)):
        raise ConfigError(f"columns is {columns}, and the input has {len(input.columns)}.")
    return input
