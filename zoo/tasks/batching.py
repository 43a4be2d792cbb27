"""Sentences of any length, in few shapes: sorted, cut into batches, put back in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

_SHORTEST = 16


def bucket_of(length: int) -> int:
    """The padded length of a sequence: 16, 32, 64 and so on."""
    return max(_SHORTEST, 1 << (length - 1).bit_length())


def length_batches(
    sequences: Sequence[Sequence[int]], batch_tokens: int
) -> Iterator[tuple[list[int], np.ndarray]]:
    """Cuts sequences into batches of like length.

    Args:
        sequences: lists of ids, none empty.
        batch_tokens: positions of a batch, padding included; a longer sequence is a batch of one.

    Yields:
        The places of the batch's sequences in the input, and their ids, int32 `[batch, length]`
        padded with 0 to `bucket_of` the longest.
    """
    order = sorted(range(len(sequences)), key=lambda i: (len(sequences[i]), i))
    start = 0
    while start < len(order):
        length = bucket_of(len(sequences[order[start]]))
        rows = max(1, batch_tokens // length)
        places = [i for i in order[start : start + rows] if len(sequences[i]) <= length]
        ids = np.zeros((len(places), length), dtype="int32")
        for row, place in enumerate(places):
            ids[row, : len(sequences[place])] = sequences[place]
        yield places, ids
        start += len(places)
