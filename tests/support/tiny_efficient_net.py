"""Random weights of an EfficientNet-Lite, as the published archive holds them."""

from __future__ import annotations

import numpy as np


def random_archive(network) -> dict[str, np.ndarray]:
    """Kernels and batch norms for every convolution of a built `EfficientNetLite`, by their keys.

    Kernels are scaled so that features neither die nor grow over many layers.
    """
    rng = np.random.default_rng(0)
    arrays: dict[str, np.ndarray] = {}

    def put(convolution, norm, layer):
        kernel = tuple(layer.weights[0].shape)
        channels = int(np.prod(layer.weights[1].shape))
        inputs = kernel[0] * kernel[1] * (kernel[2] if kernel[-1] == channels else 1)
        arrays[f"{convolution}/kernel"] = rng.normal(size=kernel) / np.sqrt(inputs)
        arrays[f"{norm}/gamma"] = rng.uniform(0.5, 2, channels)
        arrays[f"{norm}/beta"] = rng.normal(size=channels)
        arrays[f"{norm}/mean"] = rng.normal(size=channels)
        arrays[f"{norm}/variance"] = rng.uniform(0.5, 2, channels)
        arrays[f"{norm}/epsilon"] = np.float32(0.1)

    put("stem/conv", "stem/bn", network.stem)
    for block in network.residuals:
        for part in ("expand", "depthwise", "project"):
            if getattr(block, part) is not None:
                put(f"{block.name}/{part}", f"{block.name}/{part}_bn", getattr(block, part))
    put("head/conv", "head/bn", network.head)
    return {key: np.float32(value) for key, value in arrays.items()}
