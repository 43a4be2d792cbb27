"""The cell against its equations in NumPy, against an LSTM, and against the zoo's contract."""

import keras
import numpy as np
import pytest
from keras import ops
from zoo_mogrifier.cell import MogrifierLSTMCell

import zoo
import zoo.testing

RNG = np.random.default_rng(0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def randomised(rounds, features):
    cell = MogrifierLSTMCell(5, rounds=rounds)
    cell.build((None, features))
    for weight in cell.weights:
        weight.assign(RNG.normal(size=weight.shape))
    return cell


@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_the_equations(rounds):
    cell = randomised(rounds, features=4)
    x = RNG.normal(size=(3, 4))
    h, c = RNG.normal(size=(2, 3, 5))
    found, (_, found_c) = cell(
        x.astype("float32"), [ops.array(h, "float32"), ops.array(c, "float32")]
    )
    for i, scale in enumerate(cell.scales, start=1):
        scale = ops.convert_to_numpy(scale)
        if i % 2 == 1:
            x = 2 * sigmoid(h @ scale) * x
        else:
            h = 2 * sigmoid(x @ scale) * h
    kernel, recurrent, bias = (
        ops.convert_to_numpy(w) for w in (cell.kernel, cell.recurrent_kernel, cell.bias)
    )
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias.ravel(), 4, axis=1)
    c = sigmoid(f + 1) * c + sigmoid(i) * np.tanh(g)
    np.testing.assert_allclose(ops.convert_to_numpy(found_c), c, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        ops.convert_to_numpy(found), sigmoid(o) * np.tanh(c), rtol=1e-4, atol=1e-5
    )


def test_without_rounds_it_is_an_lstm():
    cell = randomised(0, features=4)
    peer = keras.layers.LSTMCell(5)
    peer.build((None, 4))
    kernel, recurrent, bias = (ops.convert_to_numpy(w) for w in cell.weights)
    bias[1] += 1  # the peer's forget gate starts open by its bias
    peer.set_weights([kernel, recurrent, bias.ravel()])
    x, h, c = (RNG.normal(size=(2, n)).astype("float32") for n in (4, 5, 5))
    states = [ops.array(h), ops.array(c)]
    np.testing.assert_allclose(
        ops.convert_to_numpy(cell(x, states)[0]),
        ops.convert_to_numpy(peer(x, states)[0]),
        rtol=1e-5,
        atol=1e-6,
    )


def test_the_contract():
    zoo.testing.check_cell(MogrifierLSTMCell)


def test_the_zoo_knows_it_by_name():
    assert zoo.describe("mogrifier")["owner"].startswith("zoo-mogrifier ")
    assert zoo.catalogue.cells.get("mogrifier") is MogrifierLSTMCell


@pytest.mark.parametrize("task", zoo.list_tasks())
def test_every_task_trains_with_it(task):
    zoo.testing.check_training(task, cell="mogrifier")


@pytest.mark.parametrize("settings", [{"units": 0}, {"units": 2, "rounds": -1}])
def test_bad_settings(settings):
    with pytest.raises(ValueError, match="or more, not"):
        MogrifierLSTMCell(**settings)
