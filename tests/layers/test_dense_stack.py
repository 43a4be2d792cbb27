"""A network on single steps against NumPy, and what it refuses."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import DenseStack


def test_every_step_goes_through_rectified_layers():
    keras.utils.set_random_seed(0)
    layer = DenseStack(5, layers=2)
    inputs = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    outputs, states = layer(inputs, mask=np.ones((2, 4), bool))
    first, first_bias, second, second_bias = map(ops.convert_to_numpy, layer.weights)
    expected = np.maximum(np.maximum(inputs @ first + first_bias, 0) @ second + second_bias, 0)
    np.testing.assert_allclose(ops.convert_to_numpy(outputs), expected, atol=1e-5)
    assert states == [] and layer.output_size == 5
    assert layer.compute_output_shape((2, None, 3)) == ((2, None, 5), [])


def test_dropout_is_between_layers_in_training():
    keras.utils.set_random_seed(0)
    layer = DenseStack(64, layers=2, dropout=0.5)
    inputs = np.ones((1, 50, 3), "float32")
    plain, trained = (
        ops.convert_to_numpy(layer(inputs, training=training)[0]) for training in (False, True)
    )
    assert np.ptp(plain, axis=1).max() < 1e-6 and np.ptp(trained, axis=1).max() > 0.01
    with pytest.raises(ConfigError, match="one layer or more, not 0"):
        DenseStack(4, layers=0)


def test_it_is_made_again_from_its_config():
    layer = DenseStack(6, layers=3, dropout=0.25)
    again = DenseStack.from_config(layer.get_config())
    assert (again.units, len(again.layers), again.dropout) == (6, 3, 0.25)
