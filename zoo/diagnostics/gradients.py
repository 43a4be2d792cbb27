"""How gradients flow back through the steps of a cell: where they vanish, where they explode."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.backend.gradients import input_gradient, jacobian
from zoo.diagnostics.drawing import COLOURS, new_figure, readable, save
from zoo.diagnostics.loops import Loop, steps_of
from zoo.errors import ConfigError

GAINS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
_MOST_STEPS = 400
_LEAST = 1e-12  # norms below are drawn as this


def flow_of(loop: Loop, gains: Sequence[float] = GAINS) -> dict[str, Any]:
    """The gradient through the steps of a recurrent layer, for whatever cell it has.

    With `s_t` all states after step `t` together, `ds_T/ds_t` is the product of the cell's own
    Jacobians `ds_k/ds_{k-1}` from `T` down to `t + 1` (Pascanu et al. 2013, arXiv:1211.5063,
    eq. 5).

    Args:
        loop: the layer as it was called on an item, of `zoo.diagnostics.loops`.
        gains: what the recurrent weights are multiplied by, one after another.

    Returns:
        `norms`, name of a state -> float64 `[T + 1]`: the spectral norm of `dh_T/dh_t`, or
        `dh_T/dc_t`, for t from 0, before the first step, to T, `h` being the first state;
        `eigenvalues`, complex `[states]`, of the mean of the Jacobians over all steps, and
        `radius`, the largest of their magnitudes; `matrix_radius`, the spectral radius of the
        recurrent matrix itself where it is square, else None; `gains`, and `gradients`, for each of
        them the norm of the gradient at the recurrent weights of one number read from `h_T`; None
        where the cell has no such weights.

    Raises:
        ConfigError: if there are too many steps.
    """
    time = len(loop.inputs)
    if not 0 < time <= _MOST_STEPS:
        raise ConfigError(f"Gradients go back through 1 to {_MOST_STEPS} steps, not {time}.")
    steps, cell = steps_of(loop), loop.layer.cell
    sizes = [state.shape[-1] for state in steps.around]
    order = list(range(time)[::-1] if loop.layer.go_backwards else range(time))
    product, total = np.eye(sum(sizes)), np.zeros((sum(sizes), sum(sizes)))
    kept = [product[: sizes[0]]]
    for t in order[::-1]:
        one = _jacobian_of(cell, loop.inputs[t], [state[t] for state in steps.around])
        total += one / time
        product = product @ one
        kept.append(product[: sizes[0]])
    eigenvalues = np.linalg.eigvals(total)
    names = list(steps.states)[-len(sizes) :]
    begins = np.cumsum([0, *sizes])
    norms = {
        name: np.array([_norm(rows[:, begin : begin + size]) for rows in kept[::-1]])
        for name, begin, size in zip(names, begins, sizes, strict=False)
    }
    weights = recurrent_weights(cell)
    return {
        "norms": norms,
        "eigenvalues": eigenvalues,
        "radius": float(np.abs(eigenvalues).max()),
        "matrix_radius": _matrix_radius(weights),
        "gains": list(gains),
        "gradients": [_gradient_norm(loop, order, weights, gain) for gain in gains]
        if weights
        else None,
    }


def recurrent_weights(cell: Any) -> list[Any]:
    """The variables through which a cell reads its state, as far as their names say so."""
    return [
        weight
        for weight in cell.trainable_variables
        if "recurrent" in weight.name and "bias" not in weight.name
    ]


def _jacobian_of(cell: Any, inputs: Any, states: Sequence[Any]) -> np.ndarray:
    """The derivative of all states after a step by those before it, `[states, states]`."""
    sizes = [state.shape[-1] for state in states]

    def after(rows):
        given = ops.broadcast_to(ops.expand_dims(inputs, 0), (ops.shape(rows)[0], *inputs.shape))
        _, new = cell(given, _cut(rows, sizes))
        return ops.concatenate(new if isinstance(new, (list, tuple)) else [new], axis=-1)

    found = jacobian(after, ops.concatenate(list(states), axis=-1))
    return np.asarray(ops.convert_to_numpy(found), "float64")


def _cut(values: Any, sizes: Sequence[int]) -> list[Any]:
    """Parts of the last axis, of these sizes."""
    ends = np.cumsum(sizes).tolist()
    return [values[..., end - size : end] for end, size in zip(ends, sizes, strict=True)]


def _norm(matrix: np.ndarray) -> float:
    """The spectral norm, by the eigenvalues of `M M'`: twice as fast as by singular values."""
    return float(np.sqrt(max(np.linalg.eigvalsh(matrix @ matrix.T)[-1], 0.0)))


def _matrix_radius(weights: Sequence[Any]) -> float | None:
    """The spectral radius of the recurrent matrix of a cell that has one, and it square."""
    if len(weights) != 1:
        return None
    matrix = ops.convert_to_numpy(weights[0])
    if matrix.ndim == 1:  # each unit reads itself alone
        return float(np.abs(matrix).max())
    is_square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1]
    return float(np.abs(np.linalg.eigvals(matrix)).max()) if is_square else None


def _gradient_norm(loop: Loop, order: Sequence[int], weights: Sequence[Any], gain: float) -> float:
    """The norm of the gradient at recurrent weights, which are multiplied by `gain`.

    It is that of `v h_T`, `v` being the same random vector of length 1 each time.
    """
    cell = loop.layer.cell
    values = [ops.convert_to_tensor(weight) * gain for weight in weights]
    sizes = [int(np.prod(value.shape)) for value in values]
    vector = np.random.default_rng(0).normal(size=loop.layer.state_sizes[0]).astype("float32")
    vector /= np.linalg.norm(vector)

    def read(flat):
        parts = _cut(flat, sizes)
        shaped = [ops.reshape(part, w.shape) for part, w in zip(parts, weights, strict=True)]
        with keras.StatelessScope(state_mapping=list(zip(weights, shaped, strict=True))):
            states = [ops.expand_dims(state, 0) for state in loop.before]
            for t in order:
                _, states = cell(loop.inputs[t : t + 1], states)
                states = list(states) if isinstance(states, (list, tuple)) else [states]
        return ops.sum(states[0] * vector)

    _, gradient = input_gradient(read, ops.concatenate([ops.reshape(v, (-1,)) for v in values]))
    return float(np.linalg.norm(ops.convert_to_numpy(gradient).astype("float64")))


def draw(found: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draws flows: a row a cell; norms over time, eigenvalues, and what clipping does.

    Args:
        found: `cells`, a list of `name`, `item` and the flows `before` and `after` training, of
            `flow_of`; and `clip`, the norm that gradients are clipped to.
        path: of the picture, its format by its ending.

    Raises:
        ConfigError: if matplotlib is missing or knows no such format.
    """
    cells = found["cells"]
    figure = new_figure(14.5, 3.9 * len(cells) + 0.9)
    rows = figure.subplots(len(cells), 3, squeeze=False, width_ratios=[1.7, 1, 1.4])
    for panels, cell in zip(rows, cells, strict=True):
        moments = {"before": COLOURS[1], "after": COLOURS[0]}
        for moment, colour in moments.items():
            _draw_norms(panels[0], cell[moment], f"{moment} training", colour)
            _draw_eigenvalues(panels[1], cell[moment], f"{moment} training", colour)
            _draw_clipping(panels[2], cell[moment], f"{moment} training", colour, found["clip"])
        panels[0].set_title(readable(f"{cell['name']}, over {cell['item']}", 60), loc="left")
        panels[1].set_title("eigenvalues of the state's Jacobian", fontsize=10)
        panels[2].set_title(
            "gradient of a number read from $h_T$\nat the recurrent weights", fontsize=10
        )
        for axis in panels:
            axis.legend(fontsize=8, loc="upper center" if axis is panels[1] else "best")
    title = "Gradients through time: below 1 they vanish, above 1 they explode"
    figure.suptitle(title, fontsize=13)
    save(figure, path, dpi=110)


def _draw_norms(axis: Any, flow: Mapping[str, Any], when: str, colour: str) -> None:
    styles = ("-", "--", ":")
    for (name, norms), style in zip(flow["norms"].items(), styles, strict=False):
        shown = np.where(norms == 0, np.nan, np.maximum(norms, _LEAST))
        label = f"$\\|\\partial h_T / \\partial {name}_t\\|$, {when}"
        axis.semilogy(range(len(shown)), shown, style, color=colour, label=label)
    axis.axhline(1, color="#555555", linewidth=0.8)
    axis.set(xlabel=f"t, in steps; T = {len(shown) - 1}", ylabel="spectral norm")
    axis.grid(color="#dddddd")


def _draw_eigenvalues(axis: Any, flow: Mapping[str, Any], when: str, colour: str) -> None:
    values = flow["eigenvalues"]
    label = f"{when}: spectral radius {flow['radius']:.2f}"
    if flow["matrix_radius"] is not None:
        label += f"\n(of the recurrent matrix {flow['matrix_radius']:.2f})"
    mark = "o" if when.startswith("after") else "x"
    axis.scatter(values.real, values.imag, s=14, marker=mark, color=colour, alpha=0.7, label=label)
    angles = np.linspace(0, 2 * np.pi, 200)
    axis.plot(np.cos(angles), np.sin(angles), color="#555555", linewidth=0.8)
    limit = max(1.2, 1.1 * flow["radius"], axis.get_xlim()[1] if axis.lines[1:] else 0.0)
    axis.set(xlabel="real part", ylabel="imaginary part")
    axis.set(xlim=(-limit, limit), ylim=(-limit, 1.75 * limit), aspect="equal")
    axis.grid(color="#dddddd")


def _draw_clipping(axis: Any, flow: Mapping[str, Any], when: str, colour: str, clip: float) -> None:
    axis.grid(color="#dddddd")
    axis.set(xlabel="recurrent weights, times", ylabel="norm of the gradient")
    if flow["gradients"] is None:
        axis.plot([], [], " ", label=f"{when}: the cell has no recurrent weights")
        return
    norms = np.maximum(flow["gradients"], _LEAST)
    axis.loglog(flow["gains"], norms, "-o", markersize=4, color=colour, label=when)
    clipped, label = np.minimum(norms, clip), f"{when}, clipped at {clip:g}"
    axis.loglog(flow["gains"], clipped, "--", linewidth=3, alpha=0.5, color=colour, label=label)
    axis.set_xticks(flow["gains"], [f"{gain:g}" for gain in flow["gains"]])
    axis.minorticks_off()
