"""The cell against its equation in NumPy, and the plugin as the zoo sees it."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops
from zoo_indrnn.cell import IndRNNCell

import zoo
import zoo.testing

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(3, 9, 4)).astype("float32")


def built(units=5, **settings):
    cell = IndRNNCell(units, **settings)
    cell.build((None, 4))
    cell.bias.assign(RNG.normal(size=units))
    return cell


def in_numpy(cell, inputs):
    """Li et al. 2018, eq. 4, one time step after another."""
    kernel, recurrent, bias = (ops.convert_to_numpy(w) for w in cell.weights)
    past, outputs = np.zeros((len(inputs), cell.units)), []
    for time in range(inputs.shape[1]):
        past = np.maximum(0, inputs[:, time] @ kernel + recurrent * past + bias)
        outputs.append(past)
    return np.stack(outputs, 1)


def test_the_equation():
    cell = built()
    outputs = keras.layers.RNN(cell, return_sequences=True)(INPUTS)
    expected = in_numpy(cell, INPUTS)
    np.testing.assert_allclose(ops.convert_to_numpy(outputs), expected, rtol=1e-5, atol=1e-6)
    assert (expected > 0).any() and (expected == 0).any()


def test_each_unit_sees_its_own_past_only():
    cell = built()
    past = np.ones((1, 5), "float32")
    before = ops.convert_to_numpy(cell.step(ops.ones((1, 5)), [past])[0])
    past[0, 2] += 1
    after = ops.convert_to_numpy(cell.step(ops.ones((1, 5)), [past])[0])
    assert (before != after).tolist() == [[False, False, True, False, False]]


def test_projecting_all_time_steps_at_once_changes_nothing():
    cell = built()
    state = [ops.zeros((3, 5))]
    projected = cell.project(ops.convert_to_tensor(INPUTS))
    for time in range(INPUTS.shape[1]):
        slow, _ = cell(INPUTS[:, time], state)
        fast, state = cell.step(projected[:, time], state)
        np.testing.assert_allclose(
            ops.convert_to_numpy(fast), ops.convert_to_numpy(slow), rtol=1e-5, atol=1e-6
        )


def test_recurrent_weights_start_between_zero_and_one():
    recurrent = ops.convert_to_numpy(built(1000).recurrent)
    assert 0 <= recurrent.min() < 0.05 and 0.95 < recurrent.max() <= 1


@pytest.mark.parametrize(("length", "bound"), [(None, 1), (1, 2), (10, 2**0.1)])
def test_training_keeps_recurrent_weights_within_the_bound(length, bound):
    cell = built(sequence_length=length)
    model = keras.Sequential([keras.Input((9, 4)), keras.layers.RNN(cell)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    cell.recurrent.assign([bound] * 5)
    model.fit(np.abs(INPUTS), np.full((3, 5), 1e3), epochs=3, verbose=0)
    recurrent = ops.convert_to_numpy(cell.recurrent)
    assert np.abs(recurrent).max() <= bound + 1e-6
    assert np.isfinite(recurrent).all()


def test_config_round_trip():
    again = IndRNNCell.from_config(built(sequence_length=7).get_config())
    assert (again.units, again.sequence_length, again.bound) == (5, 7, 2 ** (1 / 7))


@pytest.mark.parametrize("settings", [{"units": 0}, {"units": 2, "sequence_length": 0}])
def test_bad_settings(settings):
    with pytest.raises(ValueError, match="must be 1 or more, not 0"):
        IndRNNCell(**settings)


def test_half_precision():
    layer = keras.layers.RNN(IndRNNCell(5, dtype="mixed_float16"), dtype="mixed_float16")
    outputs = layer(INPUTS)
    assert keras.backend.standardize_dtype(outputs.dtype) == "float16"
    assert layer.cell.recurrent.dtype == "float32"


# As the zoo sees it ------------------------------------------------------------------------------


def test_the_zoo_knows_the_cell_by_name():
    about = zoo.describe("indrnn")
    assert about["owner"].startswith("zoo-indrnn ")
    assert zoo.catalogue.cells.get("indrnn") is IndRNNCell


def test_looking_up_the_name_imports_no_keras():
    script = (
        "import sys, zoo; assert 'indrnn' in zoo.list_cells(); "
        "sys.exit('keras' in sys.modules or 'zoo_indrnn.cell' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_a_saved_model_names_the_plugin_and_is_the_same_after_loading(tmp_path):
    from zoo import saving

    model = keras.Sequential([keras.Input((9, 4)), keras.layers.RNN(built(sequence_length=7))])
    zoo.save(model, tmp_path / "m.keras")
    (needed,) = saving.read_origin(tmp_path / "m.keras")["plugins"]
    assert needed["name"] == "zoo-indrnn"
    loaded = zoo.load(tmp_path / "m.keras")
    assert loaded.layers[-1].cell.sequence_length == 7
    np.testing.assert_array_equal(*(ops.convert_to_numpy(m(INPUTS)) for m in (model, loaded)))


@pytest.mark.parametrize("task", zoo.list_tasks())
def test_every_task_trains_with_it(task):
    zoo.testing.check_training(task, cell="indrnn")


def test_the_contract():
    zoo.testing.check_cell(IndRNNCell)
