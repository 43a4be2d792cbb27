"""Photographs, and grids in their place, as a memory."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from quick import quick

from zoo.layers import EfficientNetLite, ImageEncoder

IMAGES = np.random.default_rng(0).integers(0, 256, (2, 12, 8, 3), "uint8")


def encoder_of(**settings):
    backbone = EfficientNetLite([(3, 2, 2, 6)], stem_filters=4, head_filters=0)
    encoder = ImageEncoder(backbone, **settings)
    encoder.build()
    encoder.built = True
    return encoder


def grid_of(encoder):
    return quick(encoder.backbone, encoder.backbone)(IMAGES)


@pytest.mark.parametrize("size", [None, 5])
@pytest.mark.parametrize("pooling, cells", [("none", 6), ("mean", 1)])
def test_memory_is_the_grid_row_by_row(pooling, cells, size):
    encoder = encoder_of(pooling=pooling, size=size, dropout=0.5)
    memory, mask = quick(encoder, encoder)(IMAGES)
    assert mask.shape == (2, cells) and bool(np.all(mask))
    assert memory.shape == (2, cells, encoder.output_size)
    assert encoder.compute_output_shape(IMAGES.shape) == (memory.shape, mask.shape)
    expected = keras.ops.convert_to_numpy(grid_of(encoder)).reshape(2, 6, 6)
    if pooling == "mean":
        expected = expected.mean(1, keepdims=True)
    if size is not None:
        kernel, bias = map(keras.ops.convert_to_numpy, encoder.projection.weights)
        expected = np.maximum(expected @ kernel + bias, 0)
    np.testing.assert_allclose(memory, expected, atol=1e-4)


@pytest.mark.parametrize("pooling", ["none", "mean"])
def test_grids_stand_for_photographs(pooling):
    encoder = encoder_of(pooling=pooling, size=5)
    grid, run = keras.ops.convert_to_numpy(grid_of(encoder)), quick(encoder, encoder)
    memory, _ = run(IMAGES)
    np.testing.assert_allclose(run(grid)[0], memory, atol=1e-5)
    if pooling == "mean":
        np.testing.assert_allclose(run(grid.mean((1, 2), keepdims=True))[0], memory, atol=1e-5)


def test_the_backbone_is_trained_if_asked():
    frozen, trained = encoder_of(size=5), encoder_of(size=5, train_backbone=True)
    assert len(frozen.trainable_weights) == 2
    assert len(trained.trainable_weights) == len(frozen.weights)


def test_dropout_in_training_alone():
    encoder = encoder_of(dropout=0.5)
    memory, again = (
        keras.ops.convert_to_numpy(quick(encoder, encoder)(IMAGES)[0]) for _ in range(2)
    )
    np.testing.assert_array_equal(memory, again)
    dropped = keras.ops.convert_to_numpy(encoder(IMAGES, training=True)[0])
    kept = dropped != 0
    assert 0 < kept.mean() < 1
    np.testing.assert_allclose(dropped[kept], 2 * memory[kept], rtol=1e-5)


def test_remade_from_its_config():
    encoder = encoder_of(pooling="mean", size=5)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(encoder))
    again.build()
    again.built = True
    again.set_weights(encoder.get_weights())
    one, other = (quick(layer, layer)(IMAGES)[0] for layer in (encoder, again))
    np.testing.assert_array_equal(one, other)


def test_mistakes():
    with pytest.raises(ValueError, match="pooling is one of none, mean, not 'max'"):
        encoder_of(pooling="max")
    with pytest.raises(ValueError, match="three channels"):
        ImageEncoder(EfficientNetLite([(3, 1, 1, 3)], stem_filters=4, head_filters=0))
