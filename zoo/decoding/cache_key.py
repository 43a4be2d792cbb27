"""When two searches are the same to a compiled function: never by their names, but by all they are.

A compiled search holds its class, its numbers and the masks of its rules as constants. It may serve
another search only if that one would have been compiled to the same, so a key is the class itself
(one edited in a notebook is another) with every attribute of the object, arrays by their content.
What cannot be compared so, such as a function, is the same only as itself.
"""

from __future__ import annotations

import copy
import hashlib
from typing import Any, TypeVar

import numpy as np

from zoo.decoding.frame_search import FrameSearch
from zoo.decoding.rules import Rule
from zoo.decoding.search import Search

MOST = 16  # compiled functions that a model keeps; those of the search least used are forgotten

AnySearch = TypeVar("AnySearch", Search, FrameSearch)

_PLAIN = (type(None), bool, int, str, bytes, complex)


def compiled_for(cache: dict, search: Search | FrameSearch | None) -> dict:
    """Returns the compiled functions of one search, to be looked up and added to.

    Args:
        cache: key -> functions, at most `MOST` together; the search last used is its last.
        search: any search, or None for functions of none.
    """
    key = cache_key(search)
    found = cache.pop(key, None)
    found = {} if found is None else found
    cache[key] = found
    while len(found) > MOST:  # one search has several functions, for lengths and prefixes
        del found[next(iter(found))]
    while len(cache) > 1 and sum(max(len(functions), 1) for functions in cache.values()) > MOST:
        del cache[next(iter(cache))]
    return found


def cache_key(value: Any) -> Any:
    """Returns something hashable that is equal for two values only if they compute the same.

    Args:
        value: a search, a rule, or what one of them has as an attribute. A rule or a search with
            `cache_fields()` says itself which of its attributes count.

    >>> class Mine(Rule):
    ...     def __init__(self, mask):
    ...         self.mask = mask
    >>> cache_key(Mine(np.zeros(9))) == cache_key(Mine(np.zeros(9)))
    True
    >>> cache_key(Mine(np.zeros(9))) == cache_key(Mine(np.ones(9)))
    False
    """
    return _key(value, ())


def snapshot(value: AnySearch) -> AnySearch:
    """Returns a search that later changes of the given one's attributes do not reach.

    A compiled function may be traced again for other shapes, and must then find what it found.
    """
    kept = copy.copy(value)
    for name, part in vars(kept).items():
        if isinstance(part, (np.ndarray, list, dict, set)):
            setattr(kept, name, part.copy())
    kept.rules = [copy.copy(rule) for rule in value.rules]
    for rule in kept.rules:
        for name, part in vars(rule).items():
            if isinstance(part, (np.ndarray, list, dict, set)):
                setattr(rule, name, part.copy())
    return kept


class _Itself:
    """An object as a key: equal to nothing else, and kept, so that no other gets its address."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def _key(value: Any, within: tuple[Any, ...]) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return kind, value
    if kind is float:
        return kind, value.hex()  # 0.0 and -0.0 are equal, and do not compute the same
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype != object:
        content = hashlib.sha256(np.ascontiguousarray(value).tobytes()).digest()
        return kind, value.dtype.str, value.shape, content
    if any(value is outer for outer in within):
        return _Itself(value)
    within = (*within, value)
    if kind in (list, tuple):
        return kind, tuple(_key(item, within) for item in value)
    if kind in (set, frozenset):
        return kind, frozenset(_key(item, within) for item in value)
    if kind is dict:
        pairs = value.items()
        return kind, tuple((_key(k, within), _key(v, within)) for k, v in pairs)
    if isinstance(value, (Search, FrameSearch, Rule)):
        fields = value.cache_fields()
        return kind, tuple((name, _key(fields[name], within)) for name in sorted(fields))
    return _Itself(value)
