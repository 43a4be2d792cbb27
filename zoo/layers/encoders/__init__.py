"""Encoders: from what a model reads to a memory.

Contract: `call(inputs, training)` gives `(memory, mask)`, float `[batch, time, output_size]` and
bool `[batch, time]` with True = real; `output_size` is the width of the memory.
"""

from zoo.layers.encoders.frame_encoder import FrameEncoder
from zoo.layers.encoders.image_encoder import ImageEncoder
from zoo.layers.encoders.recurrent_encoder import RecurrentEncoder
from zoo.layers.encoders.transformer_encoder import TransformerEncoder

__all__ = ["FrameEncoder", "ImageEncoder", "RecurrentEncoder", "TransformerEncoder"]
