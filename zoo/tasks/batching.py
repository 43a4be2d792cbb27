"""Sentences of any length, in few shapes: sorted, cut into batches, put back in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from zoo.inputs.input import Array

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
    items: Sequence[Mapping[str, np.ndarray]],
    targets: Sequence[Sequence[int]],
    arrays: Mapping[str, Array],
    batch_steps: int,
) -> Iterator[tuple[list[int], dict[str, np.ndarray], np.ndarray]]:
    """Cuts items and their outputs into batches whose sides have one padded length each.

    Args:
        items: the arrays of each item, by name.
        targets: for each a list of ids, not empty.
        arrays: what the arrays are.
        batch_steps: steps of the longer side of a batch, padding included.

    Yields:
        The places of the batch's pairs in the lists; the items' arrays, `[batch, ...]`; and the
        ids, int32 `[batch, length]`, padded with 0 to `bucket_of` the longest.
    """
    timed = [name for name, array in arrays.items() if array.shape[:1] == (None,)]
    buckets: dict[tuple[int, int], list[int]] = {}
    for place, (item, target) in enumerate(zip(items, targets, strict=True)):
        length = bucket_of(len(item[timed[0]])) if timed else 1
        buckets.setdefault((length, bucket_of(len(target))), []).append(place)
    for lengths, places in sorted(buckets.items()):
        rows = max(1, batch_steps // max(lengths))
        for start in range(0, len(places), rows):
            chosen = places[start : start + rows]
            source = stacked([items[place] for place in chosen], arrays, lengths[0])
            yield chosen, source, padded([targets[place] for place in chosen], lengths[1])


def padded(rows: Sequence[Sequence[int] | np.ndarray], length: int) -> np.ndarray:
    """Lists of ids as int32 `[rows, length]`, filled up with 0."""
    ids = np.zeros((len(rows), length), dtype="int32")
    for row, values in zip(ids, rows, strict=True):
        row[: len(values)] = values
    return ids


def item_batches(
    items: Sequence[Mapping[str, np.ndarray]], arrays: Mapping[str, Array], batch_steps: int
) -> Iterator[tuple[list[int], dict[str, np.ndarray]]]:
    """Cuts items into batches of like length.

    Args:
        items: the arrays of each, by name; one without steps is a row of padding.
        arrays: what the arrays are; those without time are stacked as they are.
        batch_steps: steps of a batch, padding included; a longer item is a batch of one.

    Yields:
        The places of the batch's items in the list, and their arrays `[batch, ...]`, time padded
        with 0 to `bucket_of` the longest.
    """
    timed = [name for name, array in arrays.items() if array.shape[:1] == (None,)]
    lengths = [len(item[timed[0]]) if timed else 1 for item in items]
    order = sorted(range(len(items)), key=lambda i: (lengths[i], i))
    start = 0
    while start < len(order):
        length = bucket_of(lengths[order[start]]) if timed else 1
        rows = max(1, batch_steps // length)
        places = [i for i in order[start : start + rows] if lengths[i] <= length]
        yield places, stacked([items[place] for place in places], arrays, length)
        start += len(places)


def stacked(
    items: Sequence[Mapping[str, np.ndarray]], arrays: Mapping[str, Array], length: int
) -> dict[str, np.ndarray]:
    """The arrays of items as a batch, time padded with 0 to a length.

    Args:
        items: the arrays of each, by name, none with more steps than `length`.
        arrays: what the arrays are.
        length: steps of the batch.

    Returns:
        Arrays `[batch, ...]` by name.
    """
    batch = {}
    for name, array in arrays.items():
        rows = [np.asarray(item[name]) for item in items]
        if array.shape[:1] != (None,):
            batch[name] = np.stack(rows).astype(array.dtype)
            continue
        filled = np.zeros((len(rows), length, *rows[0].shape[1:]), array.dtype)
        for row, values in zip(filled, rows, strict=True):
            row[: len(values)] = values
        batch[name] = filled
    return batch
