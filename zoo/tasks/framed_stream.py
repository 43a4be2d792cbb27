"""What models over frames share where they read a stream: the front, piece by piece."""

from __future__ import annotations

import inspect
from typing import Any

from keras import layers

from zoo.layers.sound.frame_normalization import FrameNormalization

_BY_FRAME = (layers.Normalization, layers.Rescaling)  # of Keras, which ask no frame of another


def begin_front(front: Any) -> list[Any]:
    """The states of the layers of a front before anything is read."""
    return [None if has_state(layer) else () for layer in front]


def frames_of(front: Any, values: Any, states: Any) -> tuple[Any, list]:
    """Frames of a piece, and the states of the layers that make them, as they are after it.

    Args:
        front: layers, each by frame or with a `stream`.
        values: of the array that a model reads, `[batch, time, ...]`, all of them real.
        states: what `begin_front` or the call before gave.
    """
    found = []
    for layer, state in zip(front, states, strict=True):
        if has_state(layer):
            values, state = layer.stream(values, state)
        else:
            values = layer(values, training=False)
        found.append(state)
    return values, found


def why_front_is_whole(front: Any) -> str | None:
    """Why a front cannot read what comes in piece by piece; None: it can."""
    for layer in front:
        by_frame = "training" in inspect.signature(layer.call).parameters
        by_frame = by_frame or isinstance(layer, _BY_FRAME)
        is_whole = isinstance(layer, FrameNormalization) and not layer.is_running
        if is_whole or not (by_frame or has_state(layer)):
            return f"The layer {layer.name!r} cannot read in pieces: give all at once."
    return None


def has_state(layer: Any) -> bool:
    """Whether a layer goes on from what it has read."""
    return hasattr(layer, "stream")
