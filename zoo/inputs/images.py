"""Photographs as what a model reads: decoded by Pillow, or within the graph by TensorFlow.

Both ways give the same pixels of a JPEG, PNG, GIF or BMP file: decoding is exact, and images are
resized by one and the same operation.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs.exif import orientation, upright
from zoo.inputs.input import Array, Input, Raw

if TYPE_CHECKING:
    import tensorflow as tf

_MOST_PIXELS = 120_000_000  # of one photograph, about 360 MB when it is decoded


@keras.saving.register_keras_serializable(package="zoo")
class Images(Input):
    """Photographs of any size, squashed to one.

    An item is the path of a file, its bytes, a `PIL.Image.Image`, or an array: uint8 `[height,
    width]`, or `[height, width, channels]` with 1 (grey), 3 (RGB) or 4 (RGB and opacity) channels.
    Files are whatever Pillow reads (JPEG, PNG, WebP, AVIF, GIF, BMP, TIFF and more): of an
    animation the first picture, turned as its EXIF data says, on white where it is transparent.

    Args:
        height: of what the model reads, in pixels.
        width: the same.
    """

    kind = "image"
    one, many = "an image", "images"
    advice = "give paths, bytes, uint8 arrays or PIL images"
    raw = {"image": Raw("string")}
    weight = 64

    def __init__(self, height: int = 224, width: int = 224, **kwargs):
        super().__init__(**kwargs)
        self.height, self.width = int(height), int(width)

    @property
    def arrays(self) -> dict[str, Array]:
        """`source`, uint8 RGB pixels."""
        return {"source": Array((self.height, self.width, 3), "uint8")}

    @property
    def samples(self) -> tuple[bytes, ...]:  # type: ignore[override]
        """Three PNG files, one of them black."""
        import tensorflow as tf

        rows, columns = np.mgrid[0:48, 0:64]
        noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3))
        ramp = np.stack([rows * 5, columns * 3, rows + columns], axis=-1)
        return tuple(
            tf.io.encode_png(tf.constant(pixels.astype("uint8"))).numpy()
            for pixels in (ramp, noise, np.zeros((30, 20, 3)))
        )

    def is_item(self, value: Any) -> bool:
        """Whether it is a path, bytes, an array or an image of Pillow."""
        if isinstance(value, (str, os.PathLike, bytes, bytearray, np.ndarray)):
            return True
        return hasattr(value, "convert") and hasattr(value, "getexif")

    def prepare(self, items: Sequence[Any], names=None) -> list[dict[str, np.ndarray]]:
        """Decodes and resizes images.

        Returns:
            For each `source`, uint8 `[height, width, 3]`.

        Raises:
            ConfigError: if one is no image, is cut off, or is too large; the message names it.
            MissingFileError: if there is no such file.
        """
        return [{"source": self._resized(pixels_of(item))} for item in items]

    def _resized(self, pixels: np.ndarray) -> np.ndarray:
        if pixels.shape == (self.height, self.width, 3):
            return pixels
        import tensorflow as tf

        with tf.device("cpu"):
            return self._resize(tf.constant(pixels)).numpy()

    def _resize(self, pixels: tf.Tensor) -> tf.Tensor:
        """Uint8 `[h, w, 3]` to uint8 `[height, width, 3]`, smoothed where it becomes smaller."""
        import tensorflow as tf

        size = (self.height, self.width)
        resized = tf.image.resize(pixels, size, method="bilinear", antialias=True)
        resized = tf.cast(tf.clip_by_value(tf.round(resized), 0, 255), tf.uint8)
        return tf.ensure_shape(resized, (*size, 3))

    def in_graph(self, raw):
        """Decodes JPEG, PNG, GIF and BMP files.

        A JPEG file is turned as its EXIF data says, and a PNG file lies on white where it is
        transparent, as by Pillow; a GIF file's transparent colour is black here. Bytes that are
        empty are a black image, so that a batch of nothing can be filled up.
        """
        import tensorflow as tf

        def decode(content):
            begins = tf.strings.substr(content, 0, 3)
            pixels = tf.case(
                [
                    (begins == b"\xff\xd8\xff", lambda: _jpeg_in_graph(content)),
                    (begins == b"\x89PN", lambda: _png_in_graph(content)),
                ],
                lambda: tf.io.decode_image(content, channels=3, expand_animations=False),
            )
            return self._resize(pixels)

        def decode_or_black(content):
            black = tf.zeros((self.height, self.width, 3), tf.uint8)
            return tf.cond(tf.strings.length(content) > 0, lambda: decode(content), lambda: black)

        spec = tf.TensorSpec((self.height, self.width, 3), tf.uint8)
        return {"source": tf.map_fn(decode_or_black, raw["image"], fn_output_signature=spec)}

    @classmethod
    def read(cls, argument: str) -> Path:
        """The path of a file, which must be there."""
        path = Path(argument)
        if not path.is_file():
            raise MissingFileError(f"There is no image file {argument!r}.")
        return path

    def get_config(self):
        return {"name": self.name, "height": self.height, "width": self.width}


def _jpeg_in_graph(content: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    # The accurate transform gives Pillow's pixels; TensorFlow's default does not.
    pixels = tf.io.decode_jpeg(content, channels=3, dct_method="INTEGER_ACCURATE")
    return upright(pixels, orientation(content))


def _png_in_graph(content: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    pixels = tf.io.decode_png(content, channels=4)
    return tf.cast(_mixed_with_white(tf.cast(pixels, tf.uint32)), tf.uint8)


def pixels_of(item: Any) -> np.ndarray:
    """Decodes one image.

    Args:
        item: as for `Images`.

    Returns:
        Uint8 `[height, width, 3]`, RGB.

    Raises:
        ConfigError: if it is no image, is cut off, or is too large; the message names it.
        MissingFileError: if there is no such file.
    """
    if isinstance(item, np.ndarray):
        return _of_array(item)
    try:
        from PIL import Image
    except ImportError as error:
        raise ConfigError(
            "Reading image files needs Pillow: install it with pip install 'sequence-zoo[images]'."
        ) from error
    if isinstance(item, Image.Image):
        return _of_pillow(item, "the image")
    if isinstance(item, (bytes, bytearray)):
        name, source = f"an image of {len(item):,} bytes", io.BytesIO(item)
    else:
        name, source = os.fspath(item), item
        if not Path(name).is_file():
            raise MissingFileError(f"There is no image file {name!r}.")
    try:
        with Image.open(source) as image:
            return _of_pillow(image, name)
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        reason = " ".join(str(error).split())[:120]
        if isinstance(error, Image.UnidentifiedImageError):
            reason = "its format is not known"
        raise ConfigError(f"{name} is no image that can be read: {reason}.") from error


def _of_array(array: np.ndarray) -> np.ndarray:
    shape = array.shape
    is_image = array.ndim == 2 or (array.ndim == 3 and shape[2] in (1, 3, 4))
    if array.dtype != np.uint8 or not is_image or 0 in shape:
        raise ConfigError(
            "An image array is uint8 [height, width] or [height, width, 1, 3 or 4], not "
            f"{array.dtype} {list(shape)}: scale it to 0 to 255 and convert it first."
        )
    pixels = array if array.ndim == 3 else array[:, :, None]
    if pixels.shape[2] == 1:
        return np.repeat(pixels, 3, axis=2)
    return _on_white(pixels) if pixels.shape[2] == 4 else pixels


def _on_white(pixels: np.ndarray) -> np.ndarray:
    return _mixed_with_white(pixels.astype("uint32")).astype("uint8")


def _mixed_with_white(pixels: Any) -> Any:
    """Of uint32 `[height, width, 4]`, an array or a tensor, the colours by their opacity."""
    opacity = pixels[:, :, 3:]
    return (pixels[:, :, :3] * opacity + 255 * (255 - opacity) + 127) // 255


def _of_pillow(image: Any, name: str) -> np.ndarray:
    from PIL import ImageOps

    width, height = image.size
    if width * height > _MOST_PIXELS:
        raise ConfigError(
            f"{name} has {width:,} x {height:,} pixels, and {_MOST_PIXELS:,} are the most that are "
            "read: make it smaller first."
        )
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):  # 16 bits and more of grey
        grey = np.asarray(image).astype("float64")
        if image.mode.startswith("I"):
            grey = grey / 257
        return _of_array(np.clip(np.round(grey), 0, 255).astype("uint8"))
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        return _on_white(np.asarray(image.convert("RGBA")))
    return np.asarray(image.convert("RGB"))
