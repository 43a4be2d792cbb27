"""How long an output may become, and a search held to it."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from zoo.decoding import ForcedPrefix, Search


def longest_output(source_length):
    """Tokens an output may have; twice the source and ten is more than any sane translation has."""
    return 2 * source_length + 10


def width_of(begins: Sequence[Sequence[int]]) -> int:
    """The padded length of prefixes: 0, 1, 2, 4 and so on."""
    longest = max(map(len, begins), default=0)
    return 1 << (longest - 1).bit_length() if longest else 0


def limit_of(search: Search, limit: int) -> int:
    """The lower one of a limit and the search's own."""
    return limit if search.max_length is None else min(limit, search.max_length)


def with_limit(search: Search, limit: int | None, prefix) -> Search:
    """The search with histories of one length, and with a prefix, where they are not None."""
    decode = copy.copy(search)
    decode.max_length = limit
    if prefix is not None:
        decode.rules = [*search.rules, ForcedPrefix(prefix)]
    return decode
