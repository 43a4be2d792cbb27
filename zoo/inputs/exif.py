"""How a photograph is held, as its JPEG file says, read by operations of TensorFlow's graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf

_SEARCHED = 1 << 16  # bytes of a file in which its EXIF data begins and has its first directory
_MOST_ENTRIES = 512  # of a directory
_ORIENTATION = 0x0112


def orientation(content: tf.Tensor) -> tf.Tensor:
    """Reads the tag "Orientation" of the first directory of EXIF data (CIPA DC-008, 4.6.4).

    Args:
        content: string scalar, the bytes of a JPEG file.

    Returns:
        int64 scalar, 1 to 8; 1, which is upright, where the file does not say or is no such file.
    """
    import tensorflow as tf

    head = tf.io.decode_raw(tf.strings.substr(content, 0, _SEARCHED), tf.uint8)
    data = tf.pad(tf.cast(head, tf.int64), [[0, 16]])  # never empty
    last = tf.size(data, tf.int64) - 1
    marker = b"Exif\0\0"
    found = [data[i : i + last + 1 - len(marker)] == byte for i, byte in enumerate(marker)]
    places = tf.where(tf.reduce_all(found, axis=0))[:, 0]
    start = tf.concat([places, [last]], axis=0)[0] + len(marker)
    is_little = tf.gather(data, tf.minimum(start, last)) == ord("I")

    def number(place, size):
        digits = tf.gather(
            data, tf.minimum(place[..., None] + tf.range(size, dtype=tf.int64), last)
        )
        digits = tf.where(is_little, digits[..., ::-1], digits)
        return tf.reduce_sum(digits * [256**i for i in reversed(range(size))], axis=-1)

    directory = start + number(start + 4, 4)
    count = tf.minimum(number(directory, 2), _MOST_ENTRIES)
    entries = directory + 2 + 12 * tf.range(count)
    is_it = tf.logical_and(number(entries, 2) == _ORIENTATION, entries + 12 <= last)
    values = tf.concat([tf.boolean_mask(number(entries + 8, 2), is_it), [1]], axis=0)
    return tf.where(values[0] <= 8, tf.maximum(values[0], 1), 1)


def upright(pixels: tf.Tensor, orientation: tf.Tensor) -> tf.Tensor:
    """Turns and mirrors pixels as an orientation asks for.

    Args:
        pixels: `[height, width, channels]`.
        orientation: int64 scalar, 1 to 8.

    Returns:
        `[height, width, channels]`, or `[width, height, channels]` from 5 on.
    """
    import tensorflow as tf

    def among(*values):
        return tf.reduce_any(orientation == tf.constant(values, tf.int64))

    pixels = tf.cond(orientation >= 5, lambda: tf.transpose(pixels, (1, 0, 2)), lambda: pixels)
    pixels = tf.cond(among(2, 3, 6, 7), lambda: tf.reverse(pixels, [1]), lambda: pixels)
    return tf.cond(among(3, 4, 7, 8), lambda: tf.reverse(pixels, [0]), lambda: pixels)
