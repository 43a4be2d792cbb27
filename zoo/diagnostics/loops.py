"""What the recurrent layers of a model read in one item, and every step of their cells again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import Recurrent


class Loop(NamedTuple):
    """One recurrent layer, as it was called on one item.

    Attributes:
        name: of the layer, such as "layer 2" or "layer 1, backward".
        layer: a `zoo.layers.Recurrent`.
        inputs: tensor `[time, features]`, steps of padding left out.
        before: the states before the first step, a list of tensors `[size]`.
        outputs: tensor `[time, units]`, which the layer gave.
    """

    name: str
    layer: Recurrent
    inputs: Any
    before: list[Any]
    outputs: Any


class Steps(NamedTuple):
    """All steps of a cell, in the order of the item.

    Attributes:
        gates: name of a gate -> float `[time, units]`, from 0, shut, to 1, open.
        states: name of a state -> float `[time, size]`, after each step.
        around: tensors `[time, size]`, the states before each step.
    """

    gates: dict[str, np.ndarray]
    states: dict[str, np.ndarray]
    around: list[Any]


def loops_of(model: Any, item: Any) -> tuple[list[Loop], list[str]]:
    """Runs a model over one item, and keeps what its recurrent layers read.

    Of a model with an encoder the encoder alone is run.

    Args:
        model: any model of the zoo.
        item: an item of its `Input`.

    Returns:
        The layers that were called, in that order; and the names of the item's steps, such as
        letters, numbers where they have none.

    Raises:
        ConfigError: if the model has no recurrent layer that runs along the steps of an item.
    """
    model.listed("picture", [item])
    prepared = model.input.prepare([item])
    if hasattr(model, "require_steps"):
        model.require_steps(prepared)
    inputs = {
        name: np.asarray(prepared[0][name])[None]
        for name in model.graph_inputs
        if name in prepared[0]
    }
    names = names_of_steps(model, item, prepared[0])
    fed_back = getattr(model, "fed_back", None)
    if fed_back in model.graph_inputs:  # a text is read after a token of its own
        ids = inputs[fed_back]
        begin = getattr(model.tokenizer, "begin_id", 0)
        inputs[fed_back] = np.concatenate([np.full_like(ids[:, :1], begin), ids], axis=1)
        names = ["(begin)", *names]
    inputs = {name: ops.convert_to_tensor(array) for name, array in inputs.items()}
    with _calls_kept(model) as calls:
        if hasattr(model, "encoder") and hasattr(model, "frames"):
            model.encoder(*model.frames(inputs))
        elif hasattr(model, "encoder"):
            model.encoder(*inputs.values())
        else:
            model(inputs)
    loops = [_loop(*call) for call in calls]
    loops = [loop for loop in loops if len(loop.inputs)]
    if not loops:
        raise ConfigError(
            f"{model.name} has no recurrent layer along the steps of an item: take one that has, "
            "such as lm-char-shakespeare or pos-bilstm-ewt."
        )
    return _named(loops), names


def names_of_steps(model: Any, item: Any, prepared: Any) -> list[str]:
    """What the steps of an item are called; empty where they have no names."""
    names = model.input.names_of(prepared)
    if names or not isinstance(item, str):
        return list(names)
    timed = model.timed_input
    ids = np.asarray(prepared[timed]) if timed is not None else np.zeros(0)
    if ids.ndim == 1 and hasattr(model.input, "pieces"):
        return list(model.input.pieces(ids))
    words = item.split()
    return words if len(words) == len(ids) else []


@contextlib.contextmanager
def _calls_kept(model: Any) -> Iterator[list[tuple]]:
    """Keeps what the recurrent layers of a model are called with in the block."""
    layers: list[Any] = [one for one in model._flatten_layers() if isinstance(one, Recurrent)]
    calls: list[tuple] = []

    def keeping(layer, call):
        def called(inputs, mask=None, initial_state=None, training=False):
            found = call(inputs, mask=mask, initial_state=initial_state, training=training)
            calls.append((layer, inputs, mask, initial_state, found[0]))
            return found

        return called

    for layer in layers:
        vars(layer)["call"] = keeping(layer, layer.call)
    try:
        yield calls
    finally:
        for layer in layers:
            del vars(layer)["call"]


def _loop(layer, inputs, mask, initial_state, outputs) -> Loop:
    before = layer.get_initial_state(1) if initial_state is None else initial_state
    inputs, outputs = inputs[0], outputs[0]
    if mask is not None:
        (real,) = np.nonzero(ops.convert_to_numpy(mask)[0])
        inputs, outputs = ops.take(inputs, real, axis=0), ops.take(outputs, real, axis=0)
    return Loop("", layer, inputs, [state[0] for state in before], outputs)


def _named(loops: Sequence[Loop]) -> list[Loop]:
    """The loops with names: a layer that runs forward, alone or with one that runs backward."""
    named: list[Loop] = []
    number, last = 0, None
    for loop in loops:
        is_second = loop.layer.go_backwards and last is not None and not last.layer.go_backwards
        number += not is_second
        name = f"layer {number}"
        if is_second:
            named[-1] = named[-1]._replace(name=f"{name}, forward")
        named.append(loop._replace(name=f"{name}, backward" if loop.layer.go_backwards else name))
        last = loop
    return named


def chosen(loops: Sequence[Loop], layer: int | None) -> Loop:
    """One of the loops by its place from 1; None: the last.

    Raises:
        ConfigError: if there is no such one; the message has their names.
    """
    if layer is None:
        return loops[-1]
    if not 1 <= layer <= len(loops):
        told = ", ".join(f"{n}: {loop.name}" for n, loop in enumerate(loops, 1))
        raise ConfigError(f"There is no recurrent layer {layer} to look at; there are {told}.")
    return loops[layer - 1]


def steps_of(loop: Loop) -> Steps:
    """Runs the cell of a loop again, one step after another, and keeps gates and states."""
    cell = loop.layer.cell
    states = [ops.expand_dims(state, 0) for state in loop.before]
    time = len(loop.inputs)
    order = range(time)[::-1] if loop.layer.go_backwards else range(time)
    gate_names = tuple(getattr(cell, "gate_names", ()))
    around: list[Any] = [None] * time
    after, gates = list(around), list(around)
    for t in order:
        around[t] = states
        inputs = loop.inputs[t : t + 1]
        saved: tuple = ()
        if gate_names:
            projected, recurrent = cell.project(inputs), cell.recur(states[0])
            new, saved = cell.gates(projected, recurrent, tuple(states))
        else:
            _, new = cell(inputs, states)
        states = list(new) if isinstance(new, (list, tuple)) else [new]
        after[t], gates[t] = states, saved
    found = {
        name: _rows(step[place] for step in gates)
        for place, name in enumerate(gate_names)
        if name is not None
    }
    values = [_rows(step[place] for step in after) for place in range(len(states))]
    outputs = ops.convert_to_numpy(loop.outputs)
    before = [ops.concatenate([s[place] for s in around]) for place in range(len(states))]
    return Steps(found, _named_states(values, outputs), before)


def _rows(tensors: Any) -> np.ndarray:
    return np.concatenate([ops.convert_to_numpy(tensor) for tensor in tensors]).astype("float32")


def _named_states(values: Sequence[np.ndarray], outputs: np.ndarray) -> dict[str, np.ndarray]:
    """States by their names: `h` is what a cell gives, `c` what it keeps for itself beside it."""
    named: dict[str, np.ndarray] = {}
    for value in values:
        is_output = value.shape == outputs.shape and np.allclose(value, outputs, atol=1e-4)
        name = "h" if is_output and "h" not in named else "c"
        named[name if name not in named else f"{name}{len(named)}"] = value
    return {"h": outputs, **named} if "h" not in named else named
