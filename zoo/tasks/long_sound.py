"""Sound that is too long to be read at once comes in blocks, or in parts cut at pauses."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np


def read_or_blocks(model: Any, item: Any) -> tuple[Any, Iterator[np.ndarray] | None]:
    """An item that has been read, or the blocks of one that is too long to be.

    Args:
        model: one that reads frames, such as a `Transcriber`.
        item: what its input reads.

    Returns:
        The item and None, or None and its blocks, float32 `[samples]` each. An item whose input has
        no `blocks` stays as it is, as do all where the model's `most_steps` is None.
    """
    if model.most_steps is None or not hasattr(model.input, "blocks"):
        return item, None
    blocks, kept, count = model.input.blocks(item), [np.zeros(0, "float32")], 0
    for block in blocks:
        kept.append(block)
        count += len(block)
        if count > model.most_steps:
            return None, itertools.chain(kept, blocks)
    return np.concatenate(kept), None


def parts_of(model: Any, blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Blocks as parts that are short enough, each cut off at a pause (`Sound.cut`).

    Args:
        model: one whose input has `cut`.
        blocks: float32 `[samples]` each.

    Yields:
        float32 `[samples]`, at most half a minute.
    """
    return model.input.cut(blocks, min(30 * model.input.rate, model.most_steps))
