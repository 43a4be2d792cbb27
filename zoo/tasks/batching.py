"""Sentences of any length, in few shapes: sorted, cut into batches, put back in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

_SHORTEST = 16


def bucket_of(length: int) -> int:
    """The padded length of a sequence: 16, 32, 64 and so on."""
    return max(_SHORTEST, 1 << (length - 1).bit_length())


def length_batches(
    sequences: Sequence[Sequence[int] | np.ndarray], batch_tokens: int
) -> Iterator[tuple[list[int], np.ndarray]]:
    """Cuts sequences into batches of like length.

    Args:
        sequences: lists of ids; an empty one is a row of padding.
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
        yield places, padded([sequences[place] for place in places], length)
        start += len(places)


def pair_batches(
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]], batch_tokens: int
) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
    """Cuts pairs of sequences into batches whose sides have one padded length each.

    Args:
        pairs: pairs of lists of ids, none empty.
        batch_tokens: positions of the longer side of a batch, padding included.

    Yields:
        The places of the batch's pairs in the input, and the ids of both sides, int32
        `[batch, length]` padded with 0 to `bucket_of` the longest.
    """
    buckets: dict[tuple[int, int], list[int]] = {}
    for place, (left, right) in enumerate(pairs):
        buckets.setdefault((bucket_of(len(left)), bucket_of(len(right))), []).append(place)
    for lengths, places in sorted(buckets.items()):
        rows = max(1, batch_tokens // max(lengths))
        for start in range(0, len(places), rows):
            chosen = places[start : start + rows]
            left, right = zip(*(pairs[place] for place in chosen), strict=True)
            yield chosen, padded(left, lengths[0]), padded(right, lengths[1])


def padded(rows: Sequence[Sequence[int] | np.ndarray], length: int) -> np.ndarray:
    """Lists of ids as int32 `[rows, length]`, filled up with 0."""
    ids = np.zeros((len(rows), length), dtype="int32")
    for row, values in zip(ids, rows, strict=True):
        row[: len(values)] = values
    return ids
