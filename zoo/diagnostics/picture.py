"""What a kind of picture is: a function that measures, and one that draws what was measured."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

Reads = Literal["items", "model", "names"]


@dataclasses.dataclass(frozen=True)
class Picture:
    """A kind of picture, as `register_pictures` names it.

    Attributes:
        measure: gives named arrays and plain data. Its first arguments are those that `reads` says;
            its keyword arguments, an int, float, str or bool each, are the options of `zoo picture
            KIND`, and their lines in its docstring are the help. It raises a `ConfigError` for a
            model that has not what the picture shows.
        draw: called with what was measured and the path of the picture.
        reads: "items": a model and a list of items of its `Input`; "model": a model; "names": a
            list of strings, such as folders.
        metavar: how help calls what follows the kind.
    """

    measure: Callable[..., Mapping[str, Any]]
    draw: Callable[[Mapping[str, Any], str | os.PathLike], None]
    reads: Reads = "items"
    metavar: str = "ITEM"


def plain(found: Any) -> Any:
    """What was measured as JSON has it: lists, six digits, pairs for complex numbers, no pixels.

    Example:

    >>> plain({"a": np.array([1 / 3]), "b": [np.float32(2), None], "c": float("inf")})
    {'a': [0.333333], 'b': [2.0, None], 'c': None}
    """
    if isinstance(found, Mapping):
        return {str(key): plain(value) for key, value in found.items() if not _is_image(value)}
    if isinstance(found, np.ndarray):
        found = found.tolist()
    if isinstance(found, (list, tuple)):
        return [plain(value) for value in found]
    if isinstance(found, np.generic):
        found = found.item()
    if isinstance(found, complex):
        return [plain(found.real), plain(found.imag)]
    if isinstance(found, float):
        return float(f"{found:.6g}") if np.isfinite(found) else None
    return found


def _is_image(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.uint8
