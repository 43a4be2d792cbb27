"""Labelling sound too long to be read at once, in the memory of a window or half a minute."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from zoo.errors import ConfigError
from zoo.tasks.long_sound import parts_of
from zoo.tasks.tagging.frame_stream import FrameTagStream
from zoo.tasks.tagging.spans import LabelledSpan, LabelledSpans


def tag_blocks(model: Any, blocks: Iterable[np.ndarray]) -> LabelledSpans:
    """Labels what comes in blocks.

    A model that can read a stream does, and gives the labels of the whole. Otherwise parts are cut
    at pauses, and labelled one by one.

    Args:
        model: a `FrameTagger` with an input of sound.
        blocks: float32 `[samples]` each.
    """
    try:
        stream = FrameTagStream(model)
    except ConfigError:
        return _in_parts(model, blocks)
    for block in blocks:
        stream.push(block)
    return stream.end()


def _in_parts(model: Any, blocks: Iterable[np.ndarray]) -> LabelledSpans:
    found, samples = LabelledSpans(), 0
    for part in parts_of(model, blocks):
        begin = samples * model.time_a_frame / model.steps_a_frame
        for span in model.tag(part):
            label, ends, probability = span.label, span.end + begin, span.probability
            begins = found[-1].end if found else span.begin + begin  # no gap where it was cut
            if found and found[-1].label == label:
                before = found.pop()
                long = before.end - before.begin, ends - before.end
                probability = float(np.average([before.probability, probability], weights=long))
                begins = before.begin
            found.append(LabelledSpan(label, begins, ends, probability))
        samples += len(part)
    return found
