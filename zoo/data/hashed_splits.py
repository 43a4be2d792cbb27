"""Splits of data that has none: by a hash of each name, so that one never moves to another."""

from __future__ import annotations

import hashlib


def split_of(name: str) -> str:
    """The split of what has a name: eight tenths, one and one of all.

    >>> [split_of(f"{number:03}.csv") for number in range(4)]
    ['train', 'train', 'train', 'validation']
    """
    place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 10
    return {8: "validation", 9: "test"}.get(place, "train")
