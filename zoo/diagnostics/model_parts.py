"""The parts of a model in the order in which an item goes through them, with their weights."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import Recurrent

_WRITTEN = 5  # tokens that a decoder is given, if no other axis is as long


class _Call:
    """One call of a layer, and those that it made in turn."""

    def __init__(self, layer: Any):
        self.layer = layer
        self.shapes: tuple = ((), ())
        self.inner: list[_Call] = []

    def holds_recurrence(self) -> bool:
        """Whether there is recurrence in it."""
        return any(isinstance(c.layer, Recurrent) or c.holds_recurrence() for c in self.inner)

    def boxes(self) -> Iterator[_Call]:
        """The calls that are drawn: recurrent layers, and what else has nothing of them inside."""
        if isinstance(self.layer, Recurrent) or not (self.inner and self.holds_recurrence()):
            yield self
            return
        for call in self.inner:
            yield from call.boxes()


def parts_of(model: Any) -> dict[str, Any]:
    """Runs a model over a sample of its input, and says what it went through.

    Args:
        model: any model of the zoo.

    Returns:
        `inputs`, name -> shape; `output`, the shape; `times`, letter -> number: "T", the steps that
        the sample had, "S", those of the recurrence where they are others, and "U", the tokens a
        decoder was given; and `parts`, in order: `name`, the
        class; `weights`, a number which parts of the same weights share, None without any;
        `parameters`; `input` and `output`, shapes without the batch, in which a letter stands for a
        time axis; `over`, the letter of the axis of the output, None where there is none; and of
        a recurrent layer `cell`, `units`, `states`, the sizes, and `direction`, "forward" or
        "backward".

    Raises:
        ConfigError: if the model has no sample to be run over.
    """
    samples = [one for one in model.input.samples if model.input.is_item(one)]
    if not samples:
        raise ConfigError(f"{model.name} has no sample of its input to be run over.")
    prepared = max(
        model.input.prepare(samples), key=lambda one: max(np.size(array) for array in one.values())
    )
    inputs = {name: np.asarray(prepared[name])[None] for name in model.graph_inputs}
    timed = getattr(model, "timed_input", None)
    times = {} if timed is None else {"T": inputs[timed].shape[1]}
    if hasattr(model, "decoder"):
        times["U"] = _WRITTEN + (times.get("T") == _WRITTEN)
        inputs["target"] = np.full((1, times["U"]), 3, "int32")
    given = {name: ops.convert_to_tensor(array) for name, array in inputs.items()}
    with _traced(model) as calls:
        outputs = model(given)
    shown = [box for call in calls for box in call.boxes() if _is_shown(box.layer)]
    looped = [box.shapes[0][1] for box in shown if isinstance(box.layer, Recurrent)]
    others = [size for size in dict.fromkeys(looped) if size not in times.values()]
    times |= dict(zip("SR", others, strict=False))
    numbers: dict[int, int] = {}
    parts = [_part(box, times, numbers) for box in shown]
    shapes = {name: _lettered(array.shape, times) for name, array in inputs.items()}
    output = _lettered(keras.tree.flatten(outputs)[0].shape, times)
    if parts and parts[-1]["output"] != output and not _is_input(parts[-1], shapes):
        # The product with the vectors of tokens, which is no layer of its own.
        owner = getattr(getattr(model, "decoder", model), "embedding", None)
        tied = numbers.get(id(owner)) if getattr(owner, "tied", True) else None
        last = {"name": "OutputLayer", "weights": tied, "parameters": 0}
        over = output[0] if output and isinstance(output[0], str) else None
        parts.append({**last, "input": parts[-1]["output"], "output": output, "over": over})
    return {
        "model": model.name,
        "inputs": shapes,
        "output": output,
        "times": times,
        "parts": parts,
        "parameters": model.count_params(),
    }


def _is_input(part: dict[str, Any], shapes: dict[str, list]) -> bool:
    return part["input"] in shapes.values()


def _is_shown(layer: Any) -> bool:
    """Whether a layer does something outside training."""
    return not any(word in type(layer).__name__ for word in ("Dropout", "Augment"))


@contextlib.contextmanager
def _traced(model: Any) -> Iterator[list[_Call]]:
    """Keeps the calls of a model's layers in the block, those that they make among them."""
    layers: list[Any] = list(model._flatten_layers(include_self=False))
    cells = {id(one.cell) for one in layers if isinstance(one, Recurrent)}
    layers = [one for one in layers if id(one) not in cells and "call" not in vars(one)]
    tops: list[_Call] = []
    stack: list[_Call] = []

    def keeping(layer, call):
        def called(*args, **kwargs):
            this = _Call(layer)
            (stack[-1].inner if stack else tops).append(this)
            stack.append(this)
            try:
                found = call(*args, **kwargs)
            finally:
                stack.pop()
            this.shapes = _first_shape([args, kwargs]), _first_shape(found)
            return found

        return called

    for layer in layers:
        vars(layer)["call"] = keeping(layer, layer.call)
    try:
        yield tops
    finally:
        for layer in layers:
            del vars(layer)["call"]


def _first_shape(nested: Any) -> tuple:
    flat = [one for one in keras.tree.flatten(nested) if hasattr(one, "shape")]
    return tuple(flat[0].shape) if flat else ()


def _lettered(shape: tuple, times: dict[str, int]) -> list[Any]:
    """A shape without the batch; the first axis that is as long as a time axis is its letter."""
    sizes: list[Any] = [int(size) for size in shape[1:]]
    for letter, size in times.items():
        if sizes and sizes[0] == size:
            sizes[0] = letter
    return sizes


def _part(box: _Call, times: dict[str, int], numbers: dict[int, int]) -> dict[str, Any]:
    layer = box.layer
    before, after = (_lettered(shape, times) for shape in box.shapes)
    count = layer.count_params() if layer.built else 0
    part: dict[str, Any] = {
        "name": type(layer).__name__,
        "weights": numbers.setdefault(id(layer), len(numbers) + 1) if count else None,
        "parameters": count,
        "input": before,
        "output": after,
        "over": after[0] if after and isinstance(after[0], str) else None,
    }
    if isinstance(layer, Recurrent):
        part |= {
            "cell": type(layer.cell).__name__.removesuffix("Cell"),
            "units": layer.output_size,
            "states": layer.state_sizes,
            "direction": "backward" if layer.go_backwards else "forward",
        }
    return part
