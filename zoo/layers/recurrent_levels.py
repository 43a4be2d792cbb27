"""Levels of recurrence over time, in both directions or forward alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zoo.errors import ConfigError
from zoo.layers.bidirectional import Bidirectional
from zoo.layers.recurrent import Recurrent


def recurrent_levels(
    cell: Callable[[int], Any],
    units: int,
    layers: int,
    is_causal: bool = False,
    recurrent_dropout: float = 0.0,
) -> list[Any]:
    """So many layers for a stack, each as wide as the others.

    Args:
        cell: class of a recurrent cell, called with the number of units.
        units: width of each layer, of both directions together; then even.
        layers: how many.
        is_causal: whether they read forward alone.
        recurrent_dropout: fraction of the recurrent state dropped, see `Recurrent`.

    Returns:
        `Recurrent` layers, or `Bidirectional` ones of two of them.

    Raises:
        ConfigError: when `units` is odd and halved.
    """
    if layers and units % 2 and not is_causal:
        raise ConfigError(f"units is halved between the two directions, so not {units}.")
    width = units if is_causal else units // 2

    def recurrent(**how):
        return Recurrent(cell(width), recurrent_dropout=recurrent_dropout, **how)

    def level():
        if is_causal:
            return recurrent()
        return Bidirectional(recurrent(), recurrent(go_backwards=True))

    return [level() for _ in range(layers)]
