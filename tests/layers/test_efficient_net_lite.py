"""The network of photographs: a block in NumPy, folded batch norms, and the published logits."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from quick import quick
from tiny_efficient_net import random_archive

from zoo.data import sources
from zoo.data.efficient_net import load_efficient_net
from zoo.layers import EfficientNetLite, InvertedResidual

BLOCKS = [(3, 1, 1, 4), (5, 2, 3, 6), (3, 1, 2, 6)]


def relu6(x):
    return np.clip(x, 0, 6)


def convolve(x, kernel, stride):
    """Each channel by its own kernel `[k, k, channels]`, zeros around as TensorFlow puts them."""
    k, height, width = len(kernel), *x.shape[1:3]
    rows, columns = -(-height // stride), -(-width // stride)
    high = max((rows - 1) * stride + k - height, 0)
    wide = max((columns - 1) * stride + k - width, 0)
    around = ((0, 0), (high // 2, high - high // 2), (wide // 2, wide - wide // 2), (0, 0))
    x = np.pad(x, around)
    out = np.zeros((len(x), rows, columns, x.shape[-1]))
    for r in range(rows):
        for c in range(columns):
            patch = x[:, r * stride : r * stride + k, c * stride : c * stride + k]
            out[:, r, c] = (patch * kernel).sum((1, 2))
    return out


@pytest.mark.parametrize("kernel, stride, expansion", [(3, 1, 1), (3, 1, 4), (5, 2, 3), (3, 2, 1)])
@pytest.mark.parametrize("side", [7, 8])
def test_a_block_is_its_equations(kernel, stride, expansion, side):
    rng = np.random.default_rng(side)
    x = rng.normal(size=(2, side, side, 4))
    block = InvertedResidual(4, kernel, stride, expansion)
    block.build(x.shape)
    block.built = True
    for weight in block.weights:
        weight.assign(rng.normal(size=weight.shape))
    found = keras.ops.convert_to_numpy(quick(block, block)(x))
    assert found.shape == block.compute_output_shape(x.shape)

    hidden = x
    if expansion != 1:
        matrix, bias = map(keras.ops.convert_to_numpy, block.expand.weights)
        hidden = relu6(hidden @ matrix[0, 0] + bias)
    each, bias = map(keras.ops.convert_to_numpy, block.depthwise.weights)
    hidden = relu6(convolve(hidden, each[..., 0], stride) + bias)
    matrix, bias = map(keras.ops.convert_to_numpy, block.project.weights)
    expected = hidden @ matrix[0, 0] + bias + (x if stride == 1 else 0)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_folded_batch_norms_are_batch_norms(tmp_path):
    network = EfficientNetLite(BLOCKS, stem_filters=4, head_filters=8)
    network.build((None, None, None, 3))
    network.built = True
    arrays = random_archive(network)
    np.savez(tmp_path / "weights.npz", **arrays)
    load_efficient_net(network, tmp_path / "weights.npz")
    images = np.random.default_rng(1).integers(0, 256, (2, 16, 12, 3), "uint8")

    def normed(x, norm):
        gamma, beta, mean, variance, epsilon = (
            arrays[f"{norm}/{part}"] for part in ("gamma", "beta", "mean", "variance", "epsilon")
        )
        return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta

    x = (images - 127.0) / 128
    stem = arrays["stem/conv/kernel"]
    x = np.stack([convolve(x, stem[..., i], 2).sum(-1) for i in range(4)], -1)
    x = relu6(normed(x, "stem/bn"))
    for i, (_, stride, expansion, filters) in enumerate(BLOCKS):
        name, before = f"block_{i:02}", x
        if expansion != 1:
            x = relu6(normed(x @ arrays[f"{name}/expand/kernel"][0, 0], f"{name}/expand_bn"))
        x = convolve(x, arrays[f"{name}/depthwise/kernel"][..., 0], stride)
        x = relu6(normed(x, f"{name}/depthwise_bn"))
        x = normed(x @ arrays[f"{name}/project/kernel"][0, 0], f"{name}/project_bn")
        if stride == 1 and filters == before.shape[-1]:
            x = x + before
    x = relu6(normed(x @ arrays["head/conv/kernel"][0, 0], "head/bn"))
    found = keras.ops.convert_to_numpy(quick(network, network)(images))
    assert found.shape == network.compute_output_shape(images.shape) == (2, 4, 3, 8)
    np.testing.assert_allclose(found, x, atol=1e-3)


def test_remade_from_its_config():
    network = EfficientNetLite(BLOCKS, stem_filters=4, head_filters=0)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(network))
    images = np.ones((1, 8, 8, 3), "uint8")
    assert network(images).shape == again(images).shape == (1, 2, 2, 6)
    again.set_weights(network.get_weights())
    one, other = quick(network, network), quick(again, again)
    np.testing.assert_array_equal(one(images), other(images))
    np.testing.assert_array_equal(one(images), one(images.astype("float32")))


def test_no_block():
    with pytest.raises(ValueError, match="at least one block"):
        EfficientNetLite([])


def test_published_logits(data_mirror):
    pytest.importorskip("PIL")
    from zoo.data.sets.flickr8k import read_photographs
    from zoo.inputs.images import pixels_of

    path = sources.fetch("efficientnet_lite0/efficientnet_lite0.npz")
    with np.load(data_mirror / "efficientnet_lite0/reference_logits.npz") as reference:
        names, logits = [str(name) for name in reference["names"]], reference["logits"]
    names = [name.rpartition(".")[0] or name for name in names]
    images = np.stack([pixels_of(content) for content in read_photographs(names)])
    network = EfficientNetLite()
    load_efficient_net(network, path)
    vectors = keras.ops.convert_to_numpy(network(images)).mean((1, 2))
    with np.load(path) as weights:
        kernel, bias = (weights[f"classifier/{part}"].astype("f4") for part in ("kernel", "bias"))
    np.testing.assert_allclose(vectors @ kernel + bias, logits, atol=1e-3)
