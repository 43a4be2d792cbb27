"""What a training step does inside: norms of gradients, activations, gates, gradients over time."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.backend.gradients import gradients_of
from zoo.layers.watching import watched_by

SATURATED = 0.1  # gates below it or above 1 - it are saturated (Karpathy et al. 2015, sec. 4.2)


@dataclasses.dataclass
class StepStatistics:
    """What was found in one batch.

    Attributes:
        loss: of the batch.
        values: by name, `gradients/WEIGHT`, the norm of the gradient; `activations/LAYER/mean` and
            `/std`; `gates/LAYER/GATE`, the fraction of its values that are saturated.
        over_time: for each recurrent layer the norm of dLoss/dh_t, float64 `[time]`.
    """

    loss: float
    values: dict[str, float]
    over_time: dict[str, np.ndarray]


def step_statistics(model: keras.Model, batch: Any) -> StepStatistics:
    """Looks into the step that a compiled model would take on a batch, without taking it.

    Dropout is on, with other random numbers than those of the step; no variable is changed.

    Args:
        model: a built and compiled model.
        batch: `(inputs, labels)` or `(inputs, labels, weights)`.

    Returns:
        The statistics. The norm of dLoss/dh_t is that over batch and units together, `h` being the
        first state of a cell; the gradient comes by all later steps (Pascanu et al. 2013,
        arXiv:1211.5063, eq. 5), and, at step t, by the output where that is `h`. A layer that is
        called more than once is shown as it was at last; means and deviations are over all values,
        of recurrent layers those of padding left out.

    Raises:
        NotImplementedError: on a backend other than TensorFlow.
    """
    x, y, weights = keras.utils.unpack_x_y_sample_weight(batch)
    seen = _Seen()
    variables = list(model.trainable_variables)

    def loss(watch):
        seen.watch = watch
        with keras.StatelessScope(collect_losses=True), _outputs_seen(model, seen):
            with watched_by(seen):
                outputs = model(x, training=True)
                return model.compute_loss(x, y, outputs, weights, training=True)

    value, gradients, at_states = gradients_of(loss, variables)
    values = {
        f"gradients/{name}": _norm(gradient)
        for name, gradient in zip(_names(variables), gradients, strict=True)
    }
    layers = list(seen.outputs)
    names = dict(zip(map(id, layers), _names(layers), strict=True))
    for layer in layers:
        found = seen.outputs[layer]
        values[f"activations/{names[id(layer)]}/mean"] = float(found.mean())
        values[f"activations/{names[id(layer)]}/std"] = float(found.std())
    for layer, gate, fraction in seen.gates():
        values[f"gates/{names[id(layer)]}/{gate}"] = fraction
    over_time = {
        names[id(layer)]: np.sqrt(np.square(_array(gradient)).sum((1, 2)))
        for layer, gradient in zip(seen.nudged, at_states, strict=True)
        if gradient is not None
    }
    return StepStatistics(float(ops.convert_to_numpy(value)), values, over_time)


class _Seen:
    """A `zoo.layers.watching.Watcher` that keeps what it is told."""

    def __init__(self):
        self.watch: Any = None
        self.nudged: list[Any] = []  # the layer of each watched tensor
        self.outputs: dict[Any, np.ndarray] = {}
        self.loops: dict[Any, tuple] = {}

    def begin(self, layer, nudges):
        self.watch(nudges)
        self.nudged.append(layer)
        return nudges

    def end(self, layer, inputs, before, outputs, is_real):
        real = slice(None) if is_real is None else ops.convert_to_numpy(is_real)[..., 0]
        self.outputs[layer] = _array(outputs)[real]
        self.loops[layer] = inputs, before[0], outputs, real

    def gates(self) -> Iterator[tuple[Any, str, float]]:
        """The layers whose cells name their gates, each gate, and how much is saturated."""
        for layer, (inputs, before, outputs, real) in self.loops.items():
            cell = layer.cell
            if not layer.is_fused or not any(getattr(cell, "gate_names", ())):
                continue
            before = ops.expand_dims(ops.cast(before, outputs.dtype), 0)
            around = [outputs[1:], before] if layer.go_backwards else [before, outputs[:-1]]
            hidden = ops.concatenate(around, axis=0)
            states = (hidden, *(ops.zeros_like(hidden) for _ in range(cell.state_count - 1)))
            _, saved = cell.gates(cell.project(inputs), cell.recur(hidden), states)
            for name, gate in zip(cell.gate_names, saved, strict=True):
                if name is not None:
                    gate = _array(gate)[real]
                    yield layer, name, float(np.mean((gate < SATURATED) | (gate > 1 - SATURATED)))


@contextlib.contextmanager
def _outputs_seen(model: keras.Model, seen: _Seen) -> Iterator[None]:
    """Keeps what the layers with weights of their own give when they are called in the block."""
    layers = [
        layer
        for layer in model._flatten_layers(include_self=False)
        if layer._trainable_variables and "call" not in vars(layer)
    ]

    def keeping(layer, call):
        def called(*args, **kwargs):
            outputs = call(*args, **kwargs)
            first = keras.tree.flatten(outputs)[0]
            if hasattr(first, "numpy") and "float" in keras.backend.standardize_dtype(first.dtype):
                seen.outputs[layer] = _array(first)
            return outputs

        return called

    for layer in layers:
        vars(layer)["call"] = keeping(layer, layer.call)
    try:
        yield
    finally:
        for layer in layers:
            del vars(layer)["call"]


def _array(tensor: Any) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(ops.cast(tensor, "float32")), "float64")


def _norm(gradient: Any) -> float:
    return 0.0 if gradient is None else float(np.linalg.norm(_array(gradient)))


def _names(parts: Any) -> list[str]:
    """Paths of variables or layers, with a number where two have the same."""
    names: list[str] = []
    for part in parts:
        path = getattr(part, "path", None) or part.name
        count = sum(name == path or name.startswith(f"{path}#") for name in names)
        names.append(f"{path}#{count + 1}" if count else path)
    return names
