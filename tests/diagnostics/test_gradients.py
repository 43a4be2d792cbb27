"""Gradients through time: against differences, against eigenvalues in NumPy, and the picture."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from small_lm import small_lm

from zoo.backend.gradients import jacobian
from zoo.diagnostics.gradients import draw, flow_of
from zoo.diagnostics.loops import Loop, loops_of, steps_of
from zoo.errors import ConfigError, UnknownNameError
from zoo.experiments.gradient_flow import gradient_flow
from zoo.inputs import CharacterTokenizer
from zoo.layers import Recurrent

TEXT = "abbacab"


def loop_of(cell, **config):
    model = small_lm(tokenizer=CharacterTokenizer("abc"), cell=cell, layers=1, units=4, **config)
    return loops_of(model, TEXT)[0][0]


def test_a_jacobian_is_that_of_numpy():
    matrix = np.arange(6, dtype="float32").reshape(2, 3)
    found = jacobian(lambda rows: ops.sin(rows) @ ops.convert_to_tensor(matrix), ops.ones(2))
    np.testing.assert_allclose(ops.convert_to_numpy(found), (matrix * np.cos(1)).T, rtol=1e-5)


def ended(loop, at, states):
    """The first state after the last step, from states before step `at`."""
    states = [ops.convert_to_tensor(state[None].astype("float32")) for state in states]
    for t in range(at, len(loop.inputs)):
        _, states = loop.layer.cell(loop.inputs[t : t + 1], states)
    return ops.convert_to_numpy(states[0])[0].astype("float64")


@pytest.mark.parametrize("cell", ["simple", "lstm", "gru", "mogrifier"])
def test_norms_are_those_of_differences(cell):
    loop = loop_of(cell)
    flow, around = flow_of(loop), steps_of(loop).around
    names, time, small = list(flow["norms"]), len(loop.inputs), 3e-3
    assert names == (["h", "c"] if cell in ("lstm", "mogrifier") else ["h"])
    for at in (0, 3, time - 1):
        states = [ops.convert_to_numpy(state)[at].astype("float64") for state in around]
        for place, name in enumerate(names):
            columns = []
            for unit in range(4):
                ends = []
                for sign in (1, -1):
                    moved = [state.copy() for state in states]
                    moved[place][unit] += sign * small
                    ends.append(ended(loop, at, moved))
                columns.append((ends[0] - ends[1]) / (2 * small))
            norm = np.linalg.norm(np.stack(columns, 1), 2)
            assert flow["norms"][name][at] == pytest.approx(norm, rel=0.02, abs=1e-3)
    assert flow["norms"]["h"][time] == 1 and len(flow["norms"]["h"]) == time + 1


def test_at_rest_the_jacobian_is_the_recurrent_matrix():
    layer = Recurrent(keras.saving.deserialize_keras_object(_simple_config()))
    layer.build((None, None, 3))
    matrix = np.random.default_rng(0).normal(size=(5, 5)).astype("float32")
    layer.cell.recurrent_kernel.assign(matrix)
    zeros = ops.zeros((4, 3))
    flow = flow_of(Loop("layer 1", layer, zeros, [ops.zeros(5)], ops.zeros((4, 5))))
    values = np.linalg.eigvals(matrix.astype("float64"))
    order = np.lexsort((values.imag.round(4), values.real.round(4)))
    found = flow["eigenvalues"]
    found = found[np.lexsort((found.imag.round(4), found.real.round(4)))]
    np.testing.assert_allclose(found, values[order], atol=1e-4)
    radius = np.abs(values).max()
    assert flow["radius"] == pytest.approx(radius, rel=1e-4)
    assert flow["matrix_radius"] == pytest.approx(radius, rel=1e-4)
    powers = [np.linalg.norm(np.linalg.matrix_power(matrix, 4 - t), 2) for t in range(5)]
    np.testing.assert_allclose(flow["norms"]["h"], powers, rtol=1e-4)


def _simple_config():
    from zoo.cells import SimpleRNNCell

    return keras.saving.serialize_keras_object(SimpleRNNCell(5))


def test_gradients_at_recurrent_weights_are_those_of_differences():
    loop = loop_of("simple")
    flow, kernel = flow_of(loop, gains=(1.0, 2.0)), loop.layer.cell.recurrent_kernel
    vector = np.random.default_rng(0).normal(size=4)
    vector /= np.linalg.norm(vector)
    held = ops.convert_to_numpy(kernel).copy()
    for gain, norm in zip(flow["gains"], flow["gradients"], strict=True):
        slopes = []
        for place in np.ndindex(held.shape):
            values = []
            for sign in (1, -1):
                moved = held * gain
                moved[place] += sign * 3e-3
                kernel.assign(moved)
                values.append(ended(loop, 0, [np.zeros(4)]) @ vector)
            slopes.append((values[0] - values[1]) / 6e-3)
        kernel.assign(held)
        assert norm == pytest.approx(np.linalg.norm(slopes), rel=0.02)
    np.testing.assert_array_equal(ops.convert_to_numpy(kernel), held)


def test_cells_before_and_after_training(tmp_path, figures):
    small = {"units": 6, "length": 12, "steps": 2}
    found = gradient_flow(["gru", "sru"], **small)
    for cell in found["cells"]:
        assert not np.allclose(
            next(iter(cell["before"]["norms"].values())),
            next(iter(cell["after"]["norms"].values())),
        )
    assert found["cells"][1]["after"]["gradients"] is None  # SRU has no recurrent matrix
    again = gradient_flow(["gru"], **small)["cells"][0]
    np.testing.assert_allclose(
        again["after"]["norms"]["h"], found["cells"][0]["after"]["norms"]["h"], rtol=1e-3
    )
    draw(found, tmp_path / "a.svg")
    assert "<svg" in (tmp_path / "a.svg").read_text()
    first, _, clipped = figures[0].axes[:3]
    np.testing.assert_allclose(
        first.lines[0].get_ydata(), found["cells"][0]["before"]["norms"]["h"], rtol=1e-6
    )
    assert clipped.lines[1].get_ydata().max() <= found["clip"]


def test_what_is_not_there():
    with pytest.raises(UnknownNameError, match="neither a model nor a cell 'gruu'; did you mean"):
        gradient_flow(["gruu"])
    with pytest.raises(ConfigError, match="clip above 0"):
        gradient_flow(["gru"], clip=0)
    with pytest.raises(ConfigError, match="1 to 6 models"):
        gradient_flow(["gru"] * 7)
    loop = loop_of("gru")
    with pytest.raises(ConfigError, match="1 to 400 steps, not 500"):
        flow_of(loop._replace(inputs=ops.zeros((500, 6))))
