"""Building a part that may have been built before."""

from __future__ import annotations


def build_once(layer, input_shape) -> None:
    """Builds `layer`, unless it is: Keras builds the parts of a saved layer before the whole."""
    if not layer.built:
        layer.build(input_shape)
        layer.built = True
