"""The cell against its equations in NumPy, against the contract, and as the zoo sees it."""

import keras
import numpy as np
import pytest
from keras import ops
from zoo_sru.cell import SRUCell

import zoo
import zoo.testing

RNG = np.random.default_rng(0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def in_numpy(cell, inputs):
    """Lei et al. 2018, eq. 1 to 4, one time step after another."""
    kernel, (v_f, v_r), (b_f, b_r) = (ops.convert_to_numpy(w) for w in cell.weights)
    kernels = np.split(kernel, kernel.shape[1] // cell.units, axis=1)
    c, outputs = np.zeros((len(inputs), cell.units)), []
    for x in np.moveaxis(inputs, 1, 0):
        f = sigmoid(x @ kernels[1] + v_f * c + b_f)
        r = sigmoid(x @ kernels[2] + v_r * c + b_r)
        c = f * c + (1 - f) * (x @ kernels[0])
        highway = x @ kernels[3] if len(kernels) == 4 else x * np.sqrt(3)
        outputs.append(r * c + (1 - r) * highway)
    return np.stack(outputs, 1)


@pytest.mark.parametrize("features", [4, 5])
def test_the_equations(features):
    cell = SRUCell(5)
    cell.build((None, features))
    for weight in cell.weights:
        weight.assign(RNG.normal(size=weight.shape))
    inputs = RNG.normal(size=(3, 9, features)).astype("float32")
    outputs = keras.layers.RNN(cell, return_sequences=True)(inputs)
    np.testing.assert_allclose(
        ops.convert_to_numpy(outputs), in_numpy(cell, inputs), rtol=1e-5, atol=1e-5
    )


def test_the_contract():
    zoo.testing.check_cell(SRUCell)


def test_the_zoo_knows_it_by_name():
    assert zoo.describe("sru")["owner"].startswith("zoo-sru ")
    assert zoo.catalogue.cells.get("sru") is SRUCell


@pytest.mark.parametrize("task", zoo.list_tasks())
def test_every_task_trains_with_it(task):
    zoo.testing.check_training(task, cell="sru")


def test_bad_units():
    with pytest.raises(ValueError, match="must be 1 or more, not 0"):
        SRUCell(0)
