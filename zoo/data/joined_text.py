"""What a token adds to a text, in the graph: for tokenizers of running text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf


def rest_of(wholes: tf.Tensor, beginnings: tf.Tensor) -> tf.Tensor:
    """What is left of strings without their beginnings.

    Args:
        wholes: strings of any shape, each beginning with its beginning, or shorter.
        beginnings: strings of the same shape.

    Returns:
        Strings of the same shape.
    """
    import tensorflow as tf

    size = tf.strings.length(wholes)
    begin = tf.minimum(tf.strings.length(beginnings), size)
    return tf.strings.substr(wholes, begin, size - begin)
