"""A search for settings of a trained model, one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def best_settings(
    tried: Mapping[str, Sequence[Any]], loss: Callable[[dict[str, Any]], float]
) -> dict[str, Any]:
    """Settings of a low loss, found one by one.

    The first value of every setting is what is begun with. Then the values of the first setting are
    tried, then those of the second with the best of the first, and so on; what was scored already
    is not scored again.

    Args:
        tried: values of each setting, the settings in their order.
        loss: of settings; lower is better.

    Returns:
        The best settings of those tried, of two alike the earlier.

    Example:
        >>> best_settings({"a": (0, 1), "b": (0, 5)}, lambda at: (at["a"] - 1) ** 2 - at["b"])
        {'a': 1, 'b': 5}
    """
    best, least = {name: values[0] for name, values in tried.items()}, math.inf
    for name, values in tried.items():
        for value in values:
            settings = {**best, name: value}
            if settings == best and least < math.inf:
                continue  # as the best so far
            found = loss(settings)
            if found < least:
                best, least = settings, found
    return best
