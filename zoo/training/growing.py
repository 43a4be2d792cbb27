"""Weights of a smaller model in a larger one of the same kind."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from zoo.errors import ConfigError


def grow_from(source: keras.Model, model: keras.Model) -> None:
    """Gives a model the weights of another, whose arrays may have fewer rows.

    Rows that the other does not have, such as those of tokens that were added behind its
    vocabulary, keep what the model began with.

    Args:
        source: the model with the weights.
        model: the model that gets them.

    Raises:
        ConfigError: if the models do not have as many arrays, or one differs in more than rows.
    """
    arrays, old = model.weights, source.weights
    if len(arrays) != len(old):
        raise ConfigError(
            f"{source.name} has {len(old)} arrays and the model to train {len(arrays)}: give the "
            "settings that it was built with."
        )
    grown = []
    for array, small in zip(arrays, old, strict=True):
        rows = small.shape[0] if small.shape else 0
        fits = array.shape[1:] == small.shape[1:] and len(array.shape) == len(small.shape)
        if not fits or (array.shape and rows > array.shape[0]):
            raise ConfigError(
                f"An array of {source.name} has the shape {tuple(small.shape)}, and {array.path} "
                f"{tuple(array.shape)}: give the settings that it was built with."
            )
        values = np.array(ops.convert_to_numpy(array))
        known = ops.convert_to_numpy(small)
        if array.shape:
            values[:rows] = known
        else:
            values = known
        grown.append(values)
    model.set_weights(grown)
