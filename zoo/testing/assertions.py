"""What the checks of all contracts are made of: numbers, and what must hold of them."""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

import zoo


def remade(layer):
    """Returns the layer that its config makes."""
    registered = ">" in keras.saving.get_registered_name(type(layer))
    own = type(layer).__module__.startswith("keras.")
    require(registered or own, "register_keras_serializable is missing")
    config = keras.saving.serialize_keras_object(layer)
    again = keras.saving.deserialize_keras_object(config)
    require(again.get_config() == layer.get_config(), "the config of the copy is another one")
    return again


def require_saved(model, inputs):
    """Requires that a model computes the same after saving and loading; returns the loaded one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        zoo.save(model, path)
        loaded = zoo.load(path)
    require_equal(*([numpy(m.predict_on_batch(inputs))] for m in (loaded, model)))
    return loaded


def require_mixed(layer, rough, exact) -> None:
    """Requires that a layer keeps float32 weights, and gives `rough` in bfloat16 near `exact`."""
    dtype = keras.backend.standardize_dtype(rough.dtype)
    require(dtype == "bfloat16", f"it computes in {dtype}")
    dtypes = {keras.backend.standardize_dtype(v.dtype) for v in layer.trainable_variables}
    require(dtypes == {"float32"}, f"its weights are {dtypes}")
    gap = np.abs(numpy(ops.cast(rough, "float32")) - numpy(exact)).max()
    require(bool(gap < 0.1), f"it is {gap:.3f} away from float32")


def require_equal(found, expected) -> None:
    """Requires that two lists of tensors are equal, but for rounding."""
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(numpy(one), numpy(other), rtol=1e-4, atol=1e-5)


def require_shape(tensor, shape, what) -> None:
    """Requires that a tensor has a shape."""
    require(tuple(tensor.shape) == shape, f"{what} has the shape {tuple(tensor.shape)}")


def require(condition: bool, otherwise: str) -> None:
    """Raises an `AssertionError` that says what is so otherwise."""
    if not condition:
        raise AssertionError(otherwise)


def imported(target: str) -> Any:
    """What "package.module:name" names."""
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def flat(*tensors) -> list:
    """All tensors of nested structures, in order."""
    return keras.tree.flatten(tensors)


def paths(layer) -> list[str]:
    """Names of a layer's weights."""
    return [variable.path for variable in layer.trainable_variables]


def numpy(tensor) -> np.ndarray:
    """A tensor of any backend as an array."""
    return np.asarray(ops.convert_to_numpy(tensor))


def random(seed: int, *shape: int) -> np.ndarray:
    """Float32 normal numbers."""
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def randomise(layer, rng) -> None:
    """Gives a layer random weights."""
    for variable in layer.trainable_variables:
        variable.assign(rng.normal(size=variable.shape) * 0.5)
