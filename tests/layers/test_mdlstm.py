"""LSTMs over grids: against a loop over the cells in NumPy, and finite differences."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from gradients import value_and_gradients
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import MDLSTM, GridStack, ImagePatches, grid_recurrence

RNG = np.random.default_rng(0)
GRIDS = RNG.normal(size=(3, 4, 6, 2)).astype("float32")


def numpy(x):
    return ops.convert_to_numpy(x)


def layer_of(units=3, features=2):
    layer = MDLSTM(units)
    layer.build((None, None, None, features))
    for weight in layer.trainable_weights:
        weight.assign(RNG.normal(size=weight.shape) * 0.4)
    return layer


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_cells(grid, kernel, left, above, bias):
    """One corner of one grid `[rows, columns, features]`, cell by cell, by the equations."""
    rows, columns, _ = grid.shape
    units = left.shape[0]
    h, c = np.zeros((2, rows + 1, columns + 1, units))
    for r in range(rows):
        for s in range(columns):
            at_left, over = (r + 1, s), (r, s + 1)
            a = grid[r, s] @ kernel + bias[0] + h[at_left] @ left + h[over] @ above
            i, f, e, g, o = np.split(a, 5)
            memory = sigmoid(i) * np.tanh(g) + sigmoid(f) * c[at_left] + sigmoid(e) * c[over]
            c[r + 1, s + 1] = memory
            h[r + 1, s + 1] = sigmoid(o) * np.tanh(memory)
    return h[1:, 1:]


def expected(layer, grids):
    weights = [layer.kernel, layer.left_kernel, layer.above_kernel, layer.bias]
    weights = [numpy(weight).astype("float64") for weight in weights]
    found = []
    for corner, (up, back) in enumerate([(1, 1), (1, -1), (-1, 1), (-1, -1)]):
        own = [weight[corner] for weight in weights]
        found.append([by_cells(grid[::up, ::back], *own)[::up, ::back] for grid in grids])
    return np.concatenate(found, axis=-1)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("shape", [(3, 4, 6), (5, 6, 4), (1, 1, 1), (4, 1, 5), (2, 3, 1)])
def test_cells_are_those_of_a_loop_over_them(shape, training):
    layer = layer_of()
    grids = RNG.normal(size=(*shape, 2)).astype("float32")
    found = numpy(layer(grids, training=training))
    np.testing.assert_allclose(found, expected(layer, grids), rtol=1e-4, atol=1e-5)


def test_a_grid_takes_rows_plus_columns_less_one_steps(monkeypatch):
    """Four grids in a row take the columns of all four."""
    lengths = []

    def counted(step, carry, inputs, **how):
        lengths.append(inputs[0].shape[0])
        return scan(step, carry, inputs, **how)

    scan = grid_recurrence.scan
    monkeypatch.setattr(grid_recurrence, "scan", counted)
    layer_of()(np.zeros((1, 28, 28, 2), "float32"))
    assert lengths == [28 + 4 * 28 - 1]


def gradients(layer, training, rates):
    """Those of the inputs and of all weights, for a weighted sum of the outputs."""

    def loss(grids):
        return ops.sum(layer(grids, training=training) * rates.astype("float32"))

    variables = [layer.kernel, layer.left_kernel, layer.above_kernel, layer.bias]
    _, of_inputs, of_weights = value_and_gradients(loss, variables, [GRIDS])
    return variables, of_inputs[0], of_weights


@pytest.mark.parametrize("training", [False, True])
def test_gradients_are_those_of_finite_differences(training):
    layer, rates = layer_of(2), RNG.normal(size=(3, 4, 6, 8))
    variables, of_inputs, of_weights = gradients(layer, training, rates)
    for variable, gradient in zip(variables, of_weights, strict=True):
        value, direction = numpy(variable).copy(), RNG.normal(size=gradient.shape)
        ends = []
        for sign in (1, -1):
            variable.assign(value + sign * 1e-3 * direction)
            ends.append((expected(layer, GRIDS) * rates).sum())
        variable.assign(value)
        slope = (ends[0] - ends[1]) / 2e-3
        assert abs((gradient * direction).sum() - slope) < 1e-2 * max(1, abs(slope)), variable.path
    direction = RNG.normal(size=GRIDS.shape)
    ends = [(expected(layer, GRIDS + sign * 1e-3 * direction) * rates).sum() for sign in (1, -1)]
    slope = (ends[0] - ends[1]) / 2e-3
    assert abs((of_inputs * direction).sum() - slope) < 1e-2 * max(1, abs(slope))


def test_the_written_gradient_is_that_of_automatic_differentiation():
    layer, rates = layer_of(), RNG.normal(size=(3, 4, 6, 12))
    (_, *plain), (_, *fused) = (gradients(layer, training, rates) for training in (False, True))
    for one, other in zip(keras.tree.flatten(plain), keras.tree.flatten(fused), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-3, atol=1e-4)


def test_a_stack_reads_blocks_of_the_grid_below():
    stack = GridStack((2, 3), (4,))
    stack.build((None, None, 2))
    below = numpy(stack.layers[0](GRIDS))
    blocks = np.stack(
        [
            np.stack([below[:, r : r + 2, s : s + 2].reshape(3, -1) for s in (0, 2, 4)], axis=1)
            for r in (0, 2)
        ],
        axis=1,
    )
    dense = stack.blocks[0]
    coarse = np.tanh(blocks @ numpy(dense.kernel) + numpy(dense.bias)).astype("float32")
    found, states = stack(GRIDS)
    whole = numpy(stack.layers[1](coarse)).reshape(3, 6, 12)
    np.testing.assert_allclose(numpy(found), whole, rtol=1e-4, atol=1e-5)
    assert states == [] and stack.output_size == 12


def test_a_stack_wants_a_width_between_layers():
    with pytest.raises(ConfigError, match="not 0 widths"):
        GridStack((2, 3))


def test_patches_are_squares_of_grey_from_0_to_1():
    image = RNG.integers(0, 100, (1, 4, 6)).astype("uint8")
    layer = ImagePatches(2)
    found = numpy(layer(np.repeat(image[..., None], 3, -1)))
    assert found.shape == (1, 2, 3, 4)
    np.testing.assert_allclose(found[0, 1, 2], image[0, 2:4, 4:6].reshape(-1) / 255, atol=1e-6)
    row = numpy(ImagePatches(2, is_grid=False)(np.repeat(image[..., None], 3, -1)))
    np.testing.assert_allclose(row[0], found.reshape(6, 4))


def test_ink_on_paper_is_read_as_its_negative():
    image = np.zeros((1, 6, 6, 3), "uint8")
    image[:, 2:4, 2:4] = 255
    layer = ImagePatches(1)
    np.testing.assert_allclose(numpy(layer(255 - image)), numpy(layer(image)))


def test_a_permutation_is_the_same_every_time_and_after_loading():
    image = np.repeat(RNG.integers(0, 100, (1, 4, 4, 1)), 3, -1).astype("uint8")
    layer = ImagePatches(1, is_grid=False, permutation=3)
    found = numpy(layer(image))
    order = np.random.default_rng(3).permutation(16)
    np.testing.assert_allclose(
        found[0, :, 0], image[0, :, :, 0].reshape(-1)[order] / 255, atol=1e-6
    )
    again = ImagePatches.from_config(layer.get_config())
    np.testing.assert_allclose(numpy(again(image)), found)


def test_an_image_that_cannot_be_cut_so_is_refused():
    with pytest.raises(ConfigError, match="28 x 28 pixels is not cut into patches of 3 x 3"):
        ImagePatches(3).build((None, 28, 28, 3))
