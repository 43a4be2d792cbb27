"""Gradients through time, before and after training: of models, and of cells trained here."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

import zoo
from zoo import catalogue, saving
from zoo.diagnostics.gradients import draw, flow_of
from zoo.diagnostics.loops import chosen, loops_of
from zoo.diagnostics.picture import Picture
from zoo.errors import ConfigError, UnknownNameError
from zoo.experiments import long_dependence
from zoo.registry import suggestion

_MOST = 6  # cells of one picture
_TEXT = "The old man who lives in the house by the sea has been there for years."


def gradient_flow(
    names: Sequence[str],
    *,
    item: str | None = None,
    layer: int | None = None,
    clip: float = 1.0,
    units: int = 32,
    length: int = 60,
    steps: int = 300,
    seed: int = 1,
) -> dict[str, Any]:
    """How the gradient flows back through the steps of models and cells, before and after training.

    Before training a model is one of the same settings with new weights. A cell is trained here, as
    a small language model that has to remember brackets, see recipes/long_dependence.py.

    Args:
        names: released models, paths of .keras files, and registered cells, such as simple.
        item: what models read, as their verbs take it; not given: an English sentence, or a sample
            of the model's input.
        layer: which recurrent layer of models, the first that is called being 1; not given: the
            last.
        clip: norm that gradients are clipped to.
        units: of cells.
        length: letters that cells read.
        steps: of the training of cells; 0: they are not trained.
        seed: of new weights and of the training.

    Returns:
        `clip`, and `cells`, for each name `name`, `item`, what was read, and `before` and `after`,
        what `zoo.diagnostics.gradients.flow_of` gives.

    Raises:
        ConfigError: if a model has no recurrent layer, or a number is out of its range.
        UnknownNameError: if there is neither a model nor a cell of that name.
    """
    if not 0 < len(names) <= _MOST:
        raise ConfigError(f"1 to {_MOST} models and cells are drawn together, not {len(names)}.")
    if min(units, length) < 1 or steps < 0 or not clip > 0:
        raise ConfigError("units and length are at least 1, steps at least 0, clip above 0.")
    known = [*catalogue.cells.names(), *catalogue.models.names()]
    for name in names:
        if not saving.is_path(name) and name.partition("@")[0] not in known:
            raise UnknownNameError(
                f"There is neither a model nor a cell {name!r}{suggestion(name, known)}"
            )
    settings = {"units": units, "length": length, "steps": steps, "seed": seed}
    found = [
        _of_cell(name, **settings)
        if name in catalogue.cells and not saving.is_path(name)
        else _of_model(name, item, layer, seed)
        for name in names
    ]
    return {"clip": clip, "cells": found}


def _of_model(name: str, item: str | None, layer: int | None, seed: int) -> dict[str, Any]:
    model = zoo.load(name)
    is_text = model.input.kind == "text"
    if item is None:
        read: Any = _TEXT if is_text else model.input.samples[0]
    else:
        read = model.input.read(item)
    keras.utils.set_random_seed(seed)
    fresh = type(model).from_config(model.get_config())
    flows = [flow_of(chosen(loops_of(one, read)[0], layer)) for one in (fresh, model)]
    loop = chosen(loops_of(model, read)[0], layer)
    cell = type(loop.layer.cell).__name__.removesuffix("Cell")
    return {
        "name": f"{Path(name).stem if saving.is_path(name) else name}: {cell}, {loop.name}",
        "item": repr(read) if is_text else item or "a sample",
        "before": flows[0],
        "after": flows[1],
    }


def _of_cell(name: str, *, units: int, length: int, steps: int, seed: int) -> dict[str, Any]:
    keras.utils.set_random_seed(seed)
    longest = max(min(length, 30), long_dependence.NEAREST)
    model = long_dependence.built(name, units=units, count=1, longest=longest, steps=max(steps, 1))
    text = long_dependence.running_text(random.Random(seed), longest, 1, length)
    before = flow_of(loops_of(model, text)[0][0])
    if steps:
        long_dependence.train(
            model, count=1, longest=longest, steps=steps, rows=32, seed=seed, say=lambda line: None
        )
    after = flow_of(loops_of(model, text)[0][0])
    item = f"{length} letters and brackets"
    return {"name": f"{name}, {units} units", "item": item, "before": before, "after": after}


PICTURE = Picture(gradient_flow, draw, "names", "NAME|CELL...")
