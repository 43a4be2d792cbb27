"""Encoders of clips against NumPy: convolutions over time, columns of a grid, what has changed."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import ClipConvolutions, ClipEncoder, EfficientNetLite


def pixels(batch=2, time=6, height=6, width=8, channels=1):
    shape = (batch, time, height, width, channels)
    return np.random.default_rng(0).integers(0, 256, shape).astype("uint8")


def three_dimensional(clip, kernel, stride):
    """A convolution `[taps, 3, 3, in, out]` written out, "same" as TensorFlow has it."""
    taps, _, _, _, filters = kernel.shape
    time, height, width, _ = clip.shape
    rows, columns = -(-height // stride), -(-width // stride)
    down = max((rows - 1) * stride + 3 - height, 0) // 2
    right = max((columns - 1) * stride + 3 - width, 0) // 2
    before = taps // 2
    padded = np.pad(clip, [(before, before), (down, 3), (right, 3), (0, 0)])
    out = np.zeros((time, rows, columns, filters))
    for t in range(time):
        for r in range(rows):
            for c in range(columns):
                patch = padded[t : t + taps, r * stride :, c * stride :][:, :3, :3]
                out[t, r, c] = np.einsum("tyxi,tyxio->o", patch, kernel)
    return out


def test_convolutions_over_time_are_three_dimensional():
    """A block by hand: one scale a clip, a kernel over three frames, a norm, a linear layer."""
    keras.utils.set_random_seed(0)
    layer = ClipConvolutions(4, [(5, 3, 2)])
    clips, lengths = pixels(), np.array([6, 4])
    found = ops.convert_to_numpy(layer(clips, lengths))
    kernel = ops.convert_to_numpy(layer.convolutions[0].kernel)  # [3, 3, taps * in, out]
    kernel = kernel.reshape(3, 3, 3, 1, 5).transpose(2, 0, 1, 3, 4)
    weights = [ops.convert_to_numpy(w) for w in layer.projection.weights]
    for number, length in enumerate(lengths):
        clip = clips[number, :length] / 255
        clip = (clip - clip.mean()) / np.sqrt(clip.var() + 1e-4)
        grid = three_dimensional(clip, kernel, 2)
        mean, variance = grid.mean(-1, keepdims=True), grid.var(-1, keepdims=True)
        grid = np.maximum((grid - mean) / np.sqrt(variance + 1e-3), 0)
        expected = grid.reshape(length, -1) @ weights[0] + weights[1]
        np.testing.assert_allclose(found[number, :length], expected, atol=1e-4)


@pytest.mark.parametrize("is_causal", [False, True])
def test_light_and_padding_do_not_count(is_causal):
    keras.utils.set_random_seed(0)
    layer = ClipConvolutions(4, [(5, 3, 2), (6, 3, 1)], differences=True, is_causal=is_causal)
    clips = pixels()
    whole = ops.convert_to_numpy(layer(clips, np.array([6, 4])))
    alone = ops.convert_to_numpy(layer(clips[1:, :4], np.array([4])))
    np.testing.assert_allclose(whole[1, :4], alone[0], atol=1e-5)
    dark = (clips // 2).astype("uint8") + 20
    is_same = np.abs(ops.convert_to_numpy(layer(dark, np.array([6, 4]))) - whole).max() < 0.1
    assert is_same is not is_causal or not is_same


def test_what_a_causal_layer_says_to_have_seen_is_all_it_has_seen():
    layer = ClipConvolutions(4, [(5, 3, 2), (6, 3, 1)], differences=True, is_causal=True)
    clips = pixels(1, 12)
    assert layer.past == 5
    whole = ops.convert_to_numpy(layer(clips, np.array([12])))
    part = ops.convert_to_numpy(layer(clips[:, 12 - 6 :], np.array([6])))
    np.testing.assert_allclose(whole[0, -1], part[0, -1], atol=1e-5)


def test_columns_of_a_network_are_means_of_its_grid():
    keras.utils.set_random_seed(0)
    network = EfficientNetLite([(3, 2, 1, 4)], stem_filters=4, head_filters=0)
    encoder = ClipEncoder(network, ["frames", "changes"], columns=2, gap=2)
    clips = pixels(2, 5, 16, 16, 3)
    found = ops.convert_to_numpy(encoder(clips, np.array([5, 5])))
    assert found.shape == (2, 5, 16) == encoder.compute_output_shape(clips.shape)
    changed = np.stack([clips[:, t] - clips[:, max(t - 2, 0)].astype(float) for t in range(5)], 1)
    for place, images in enumerate((clips, np.clip(127 + 2 * changed, 0, 255))):
        grid = ops.convert_to_numpy(network(images.reshape(-1, 16, 16, 3)))  # [10, 4, 4, 4]
        columns = [grid[:, :, :2].mean((1, 2)), grid[:, :, 2:].mean((1, 2))]
        expected = np.concatenate(columns, axis=-1).reshape(2, 5, 8)
        np.testing.assert_allclose(found[..., 8 * place : 8 * place + 8], expected, atol=1e-4)
    encoder.mean.assign(np.full(16, 0.5))
    encoder.deviation.assign(np.full(16, 2.0))
    again = ops.convert_to_numpy(encoder(clips, np.array([5, 5])))
    np.testing.assert_allclose(again, (found - 0.5) / 2, atol=1e-5)


def test_rows_and_columns_are_the_largest_of_their_parts_and_are_projected():
    keras.utils.set_random_seed(0)
    network = EfficientNetLite([(3, 2, 1, 4)], stem_filters=4, head_filters=0)
    encoder = ClipEncoder(network, ["frames"], columns=2, rows=4, pooling="max", size=3)
    clips = pixels(2, 5, 16, 16, 3)
    found = ops.convert_to_numpy(encoder(clips, np.array([5, 5])))
    assert found.shape == (2, 5, 3) == encoder.compute_output_shape(clips.shape)
    grid = ops.convert_to_numpy(network(clips.reshape(-1, 16, 16, 3)))  # [10, 4, 4, 4]
    parts = [grid[:, r, c : c + 2].max(1) for r in range(4) for c in (0, 2)]
    expected = np.concatenate(parts, axis=-1).reshape(2, 5, encoder.seen_size)
    seen = ops.convert_to_numpy(encoder.seen(clips, np.array([5, 5])))
    np.testing.assert_allclose(seen, expected, atol=1e-4)
    encoder.mean.assign(np.arange(32) / 32)
    projected = (expected - np.arange(32) / 32) @ ops.convert_to_numpy(encoder.projection)
    again = ops.convert_to_numpy(encoder(clips, np.array([5, 5])))
    np.testing.assert_allclose(again, projected, atol=1e-4)
    assert ClipEncoder.from_config(encoder.get_config()).get_config() == encoder.get_config()


def test_the_network_is_not_trained():
    encoder = ClipEncoder(EfficientNetLite([(3, 2, 1, 4)], 4, 0), ["frames"], columns=2)
    encoder(pixels(1, 2, 16, 16, 3), np.array([2]))
    assert not encoder.trainable_weights and len(encoder.weights) > 2


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: ClipConvolutions(3, []), "at least one"),
        (lambda: ClipConvolutions(3, [(4, 2, 1)]), "odd number of frames"),
        (lambda: ClipEncoder(None, []), "one of the streams"),
        (lambda: ClipEncoder(None, ["sound"]), "frames, changes, flow"),
        (lambda: ClipEncoder(None, ["frames"], columns=0), "columns, rows and a size above 0"),
        (lambda: ClipEncoder(None, ["frames"], rows=0), "columns, rows and a size above 0"),
        (lambda: ClipEncoder(None, ["frames"], size=0), "columns, rows and a size above 0"),
        (lambda: ClipEncoder(None, ["frames"], pooling="median"), "by mean or max"),
    ],
)
def test_what_is_refused(made, sentence):
    with pytest.raises(ConfigError, match=sentence):
        made()


@pytest.mark.parametrize(("parts", "sentence"), [("columns", "wide"), ("rows", "high")])
def test_parts_divide_the_grid(parts, sentence):
    network = EfficientNetLite([(3, 2, 1, 4)], 4, 0)
    encoder = ClipEncoder(network, ["frames"], **{"columns": 2, parts: 3})
    with pytest.raises(ConfigError, match=f"{sentence} cannot be cut into 3 {parts}"):
        encoder(pixels(1, 2, 16, 16, 3), np.array([2]))
