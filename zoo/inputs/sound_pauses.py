"""Where a long recording may be cut: at its pauses. Knows nothing of files and of models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from zoo.errors import ConfigError


def quietest_place(samples: np.ndarray, first: int, width: int) -> int:
    """The middle of the samples that have the least power together.

    Args:
        samples: float32 `[samples]`.
        first: where these samples may begin at the earliest, at most all samples but `width`.
        width: how many they are, at least 1.

    Returns:
        The number of a sample; the first of several places that are as quiet.
    """
    sums = np.cumsum(np.concatenate([[0.0], np.square(samples[first:], dtype="float64")]))
    return first + int((sums[width:] - sums[:-width]).argmin()) + width // 2


def cut_at_pauses(blocks: Iterable[np.ndarray], longest: int, width: int) -> Iterator[np.ndarray]:
    """Samples in parts, each cut off in the middle of the quietest of its last two thirds.

    Only a part and a block are in memory at a time.

    Args:
        blocks: float32 `[samples]` each.
        longest: samples of the longest part; the last one may be the only one under a third of it.
        width: samples whose power is looked at together; fewer where parts are short.

    Raises:
        ConfigError: if `longest` is not at least 3, or `width` 1.

    Example:

    >>> loud = np.ones(40, "float32")
    >>> loud[22:26] = 0
    >>> [len(part) for part in cut_at_pauses([loud[:35], loud[35:]], 30, 4)]
    [24, 16]
    """
    if longest < 3 or width < 1:
        raise ConfigError(
            f"Parts of sound have 3 samples or more and pauses 1, not {longest} and {width}."
        )
    first = -(-longest // 3)
    width = min(width, longest - first)
    waiting = np.zeros(0, "float32")
    for block in blocks:
        waiting = np.concatenate([waiting, block])
        while len(waiting) > longest:
            place = quietest_place(waiting[:longest], first, width)
            yield waiting[:place]
            waiting = waiting[place:]
    if len(waiting):
        yield waiting
