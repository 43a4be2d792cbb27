"""Between clips, which have time, and the images that a network sees one by one."""

from __future__ import annotations

from keras import ops


def as_frames(clips):
    """Clips `[batch, time, height, width, channels]` as images `[batch * time, ...]`."""
    return ops.reshape(clips, (-1, *clips.shape[2:]))


def as_steps(images, time):
    """Images `[batch * time, ...]`, or vectors of them, as clips of so many frames."""
    return ops.reshape(images, (-1, time, *images.shape[1:]))
