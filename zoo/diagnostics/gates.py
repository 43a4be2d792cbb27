"""Gates and cell of chosen units over an item, step by step, as in Karpathy et al. 2015."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zoo.diagnostics.drawing import new_figure, readable_pieces, save
from zoo.diagnostics.loops import chosen, loops_of, steps_of
from zoo.diagnostics.picture import Picture
from zoo.errors import ConfigError

_MOST_STEPS = 150  # of a picture
_MEANINGS = {
    ("i", "f", "o"): "i lets the input in, f keeps the cell, o lets the cell out",
    ("z", "r"): "z keeps the state, r lets it into the candidate",
}


def gates_of(
    model: Any,
    items: Sequence[Any],
    *,
    units: str | None = None,
    layer: int | None = None,
) -> dict[str, Any]:
    """The gates and the states of some units of a recurrent layer over one item, step by step.

    Args:
        model: any model with a recurrent layer along its items, such as a language model.
        items: one item of its `Input`.
        units: numbers of the units, the first being 0, by commas; not given: the four whose cell
            moves most over the item.
        layer: which recurrent layer, the first that is called being 1; not given: the last.

    Returns:
        `steps`, the names of the steps, such as letters; `layer`, its name; `cell`, the name of its
        cell; `units`; `gates`, name -> float `[time, units]` from 0, shut, to 1, open, as the
        cell's `gate_names` say, none for a cell that says none; `states`, `h`, what the cell
        gives, and where it keeps another beside it `c`, `[time, units]` each.

    Raises:
        ConfigError: if items are not one, the model has no recurrent layer, or there is no such
            layer or unit.
    """
    if len(items) != 1:
        raise ConfigError(f"Gates are shown over one item, not over {len(items)}.")
    loops, names = loops_of(model, items[0])
    loop = chosen(loops, layer)
    gates, states, _ = steps_of(loop)
    kept = states.get("c", states["h"])
    numbers = _units(units, kept)
    time = len(kept)
    return {
        "model": model.name,
        "layer": loop.name,
        "cell": type(loop.layer.cell).__name__.removesuffix("Cell"),
        "steps": names if len(names) == time else [str(number) for number in range(1, time + 1)],
        "units": numbers,
        "gates": {name: values[:, numbers] for name, values in gates.items()},
        "states": {
            name: values[:, numbers]
            for name, values in states.items()
            if values.shape[1] > max(numbers)
        },
    }


def _units(asked: str | None, kept: np.ndarray) -> list[int]:
    """Numbers of units: those that are asked for, or those that move most."""
    count = kept.shape[1]
    if asked is None:
        return np.argsort(-kept.std(0), kind="stable")[:4].tolist()
    try:
        numbers = [int(number) for number in asked.split(",")]
    except ValueError:
        raise ConfigError(f"units are numbers by commas, such as 3,17, not {asked!r}.") from None
    if not all(0 <= number < count for number in numbers):
        raise ConfigError(f"There are the units 0 to {count - 1}, and not all of {asked}.")
    return numbers


def draw(found: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draws what `gates_of` gives: a block a unit, a row a gate or state, a column a step.

    Raises:
        ConfigError: if there are too many steps, matplotlib is missing or knows no such format.
    """
    steps = readable_pieces(found["steps"], 12)
    if len(steps) > _MOST_STEPS:
        raise ConfigError(
            f"{len(steps)} steps have no room: give an item of at most {_MOST_STEPS}, such as a "
            "shorter text."
        )
    rows = [*found["gates"], *found["states"]]
    blocks = len(found["units"])
    width = max(0.17 * len(steps) + 2.2, 7.5)
    height = blocks * (0.24 * len(rows) + 0.28) + 1.0
    figure = new_figure(width, height + 0.75)
    above, below = figure.subfigures(2, 1, height_ratios=[height, 0.75])
    axes = above.subplots(blocks, 1, squeeze=False, sharex=True)[:, 0]
    for place, (axis, unit) in enumerate(zip(axes, found["units"], strict=True)):
        shut, signed = _block(found, place, len(steps))
        how = {"aspect": "auto", "interpolation": "nearest"}
        open_ = axis.imshow(shut, cmap="Blues", vmin=0, vmax=1, **how)
        moves = axis.imshow(signed, cmap="PuOr_r", vmin=-1, vmax=1, **how)
        axis.set_yticks(range(len(rows)), rows, fontsize=9)
        axis.set_ylabel(f"unit {unit}", rotation=0, ha="right", va="center", labelpad=12)
        axis.set_xticks(np.arange(len(steps) + 1) - 0.5, minor=True)
        axis.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
        axis.grid(which="minor", color="#eeeeee", linewidth=0.5)
        axis.tick_params(which="both", length=0)
    axes[-1].set_xticks(range(len(steps)), steps, parse_math=False)
    for label in axes[-1].get_xticklabels():
        if len(label.get_text()) > 1:
            label.set(rotation=90)
    axes[-1].set_xlabel("what is read at each step")
    legends: list[tuple[Any, str]] = [(moves, "states, by the largest of each row")]
    if found["gates"]:
        legends.insert(0, (open_, "gates: 0 shut, 1 open"))
    for axis, (shown, label) in zip(below.subplots(1, 2), legends, strict=False):
        ticks = np.linspace(shown.norm.vmin, shown.norm.vmax, 3)
        figure.colorbar(shown, cax=axis, label=label, orientation="horizontal", ticks=ticks)
    if len(legends) == 1:
        below.axes[-1].remove()
    title = f"{found['model']}, {found['layer']} ({found['cell']})"
    meaning = _MEANINGS.get(tuple(found["gates"]))
    figure.suptitle(f"{title}\n{meaning}" if meaning else title, fontsize=12, parse_math=False)
    save(figure, path, dpi=120)


def _block(found: Mapping[str, Any], place: int, time: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows of a unit that are gates and those that are states, not a number elsewhere."""
    gates = [values[:, place] for values in found["gates"].values()]
    states = [values[:, place] for values in found["states"].values()]
    states = [row / max(float(np.abs(row).max()), 1e-9) for row in states]
    nothing = np.full((1, time), np.nan)
    shut = np.concatenate([*(row[None] for row in gates), *(nothing for _ in states)])
    signed = np.concatenate([*(nothing for _ in gates), *(row[None] for row in states)])
    return shut, signed


PICTURE = Picture(gates_of, draw, "items", "ITEM")
