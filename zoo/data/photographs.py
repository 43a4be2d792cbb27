"""From the bytes of an image file to pixels; the one place that asks Pillow for data sets."""

from __future__ import annotations

import io

import numpy as np

from zoo.errors import ConfigError, DamagedFileError


def decode_photograph(content: bytes, side: int = 224) -> np.ndarray:
    """Decodes an image file and brings it to a square, without regard to its aspect ratio.

    Args:
        content: the bytes of a file of any format that Pillow reads.
        side: height and width of what is returned.

    Returns:
        uint8 `[side, side, 3]`, RGB.

    Raises:
        ConfigError: when Pillow is not installed.
        DamagedFileError: when the bytes are no image, or are cut off.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ConfigError(
            "Reading photographs needs Pillow: install it with pip install 'sequence-zoo[images]'."
        ) from error
    try:
        with Image.open(io.BytesIO(content)) as image:
            pixels = image.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise DamagedFileError(
            f"The bytes given are no image that can be read ({error}): get the file again."
        ) from error
    if pixels.size != (side, side):
        pixels = pixels.resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(pixels)
