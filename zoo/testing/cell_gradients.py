"""The gradients of a cell along random directions, in float64 where the backend has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.backend.gradients import finest_dtype, input_gradient
from zoo.layers import Recurrent
from zoo.layers.build_once import build_once
from zoo.testing.assertions import numpy, require
from zoo.testing.sizes import BATCH, FEATURES, MASK, TIME, UNITS

_DIRECTIONS = 3  # of each weight, of the inputs and of each state
# By dtype: how far finite differences step, which part of the gradient's length they may be off
# (a gate whose gradient is 10 % off is a hundred times the first), and what counts as no gradient.
_PRECISION = {"float64": (1e-5, 1e-4, 1e-9), "float32": (1e-2, 1.5e-3, 1e-6)}


def check_double(make: Callable[..., Any], grid: tuple[int, ...] = ()) -> None:
    """Requires that a cell made with `dtype="float64"` computes in float64, and says it plainly.

    Nothing is required where the backend has no float64.
    """
    if finest_dtype() != "float64":
        return
    rng = np.random.default_rng(5)
    try:
        cell = _built(make, rng, grid)
        x = rng.normal(size=(BATCH, *grid, FEATURES))
        states = [rng.normal(size=(BATCH, *shape)) for shape in Recurrent(cell).state_shapes]
        output, near = (_output(cell, x + shift, states) for shift in (0.0, 1e-11))
    except Exception as error:
        raise AssertionError(
            f"with dtype='float64' it does not compute in float64: make its constants in the "
            f"dtype of its inputs ({type(error).__name__}: {error})"
        ) from error
    require(output.dtype == np.float64, f"with dtype='float64' it gives {output.dtype}")
    require(
        bool(np.any(output != near)),
        "with dtype='float64' it rounds to float32 on the way: what is not float64 there?",
    )


def check_zero_inputs(cell: Any, states: list, grid: tuple[int, ...] = ()) -> None:
    """Requires numbers, and gradients that are numbers, where the input is zeros, as padding is."""
    zeros = ops.zeros((BATCH, *grid, FEATURES))
    output = numpy(cell(zeros, [ops.convert_to_tensor(state) for state in states])[0])
    require(bool(np.isfinite(output).all()), "of padding of zeros it makes no numbers")
    for training in (False, True):
        gradients, names = _gradients(
            Recurrent(cell), np.zeros((BATCH, 1, *grid, FEATURES)), states, training
        )
        odd = [n for n, g in zip(names, gradients, strict=True) if not np.isfinite(g).all()]
        require(not odd, f"the gradient of {', '.join(odd)} at padding of zeros is no number")


def check_directions(make: Callable[..., Any], grid: tuple[int, ...] = ()) -> None:
    """Requires that gradients are those of finite differences along random directions.

    Where the written-out gradient of the cell is used, and where that of its equations is.
    """
    rng = np.random.default_rng(6)
    layer = Recurrent(_built(make, rng, grid), dtype=finest_dtype())
    layer.build((BATCH, TIME, *grid, FEATURES))
    inputs = rng.normal(size=(BATCH, TIME, *grid, FEATURES))
    states = [rng.normal(size=(BATCH, *shape)) for shape in layer.state_shapes]
    for training in (True, False):
        _check_directions(layer, inputs, states, training, rng)


def _check_directions(layer, inputs, states, training, rng) -> None:
    run, theta, parts = _function(layer, inputs, states, training, rng)
    gradient = numpy(run(theta.astype(finest_dtype()))[1]).astype("float64")
    whole = float(np.linalg.norm(gradient))
    step, tolerance, nothing = _PRECISION[finest_dtype()]
    for name, begin, end in parts:
        part = gradient[begin:end]
        norm = float(np.linalg.norm(part))
        require(bool(np.isfinite(part).all()), f"the gradient of {name} is no number")
        for _ in range(_DIRECTIONS):
            way = np.zeros_like(theta)
            way[begin:end] = rng.normal(size=end - begin)
            way /= np.linalg.norm(way)
            above, below = (
                float(run((theta + sign * step * way).astype(finest_dtype()))[0])
                for sign in (1, -1)
            )
            slope, said = (above - below) / (2 * step), float(gradient @ way)
            require(
                abs(slope - said) < tolerance * max(norm, 0.1 * whole),
                f"along a random direction of {name} the slope is {slope:.5f}, and its gradient "
                f"says {said:.5f}",
            )
        is_weight = name not in ("the input", *(f"state {i}" for i in range(len(states))))
        require(not is_weight or norm > nothing * whole, f"no gradient reaches {name}")


def _gradients(layer, inputs, states, training):
    layer.build(inputs.shape)
    rng = np.random.default_rng(7)
    run, theta, parts = _function(layer, inputs, states, training, rng, mask=None)
    gradient = numpy(run(theta.astype("float32"))[1])
    return [gradient[begin:end] for _, begin, end in parts], [name for name, *_ in parts]


def _function(layer, inputs, states, training, rng, mask=MASK):
    """`theta -> (loss, gradient)`, compiled, with all weights, inputs and states in one vector."""
    weights = list(layer.trainable_variables)
    shapes = [tuple(w.shape) for w in weights] + [inputs.shape, *(s.shape for s in states)]
    names = [w.path for w in weights] + ["the input", *(f"state {i}" for i in range(len(states)))]
    values = [numpy(w) for w in weights] + [inputs, *states]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes]).tolist()
    begins = [0, *ends[:-1]]
    # Weights of the loss, so that no part of the outputs cancels another.
    sums = [rng.normal(size=(*inputs.shape[:-1], layer.output_size))]
    sums += [rng.normal(size=s.shape) for s in states]

    def loss(theta):
        pieces = [
            ops.reshape(theta[b:e], shape) for b, e, shape in zip(begins, ends, shapes, strict=True)
        ]
        with keras.StatelessScope(state_mapping=list(zip(weights, pieces, strict=False))):
            x, *initial = pieces[len(weights) :]
            outputs, finals = layer(x, mask=mask, initial_state=initial, training=training)
        found = zip([outputs, *finals], sums, strict=True)
        return sum(ops.sum(one * ops.cast(other, one.dtype)) for one, other in found)

    run = _compiled(lambda theta: input_gradient(loss, theta))
    theta = np.concatenate([np.asarray(value, "float64").reshape(-1) for value in values])
    return run, theta, list(zip(names, begins, ends, strict=True))


def _compiled(function: Callable) -> Callable:
    from zoo.backend.compiled import compile_step

    return compile_step(keras.Sequential(), function)


def _built(make, rng, grid):
    cell = make(UNITS, dtype=finest_dtype())
    build_once(cell, (BATCH, *grid, FEATURES))
    for variable in cell.trainable_variables:
        variable.assign(rng.normal(size=variable.shape) * 0.5)
    return cell


def _output(cell, x, states) -> np.ndarray:
    tensors = [ops.convert_to_tensor(value, dtype="float64") for value in (x, *states)]
    return numpy(cell(tensors[0], tensors[1:])[0])
