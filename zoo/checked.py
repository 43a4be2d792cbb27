"""Arguments of public functions, checked against their signatures: one sentence for a wrong one.

A signature says what an argument may be, to readers and to type checkers; here it is kept too. What
an annotation leaves open is said beside it: `Annotated[int, Between(1, 1000)]`. Booleans are no
numbers, numbers are finite, and a string is no sequence of strings.
"""

from __future__ import annotations

import collections.abc
import functools
import importlib
import inspect
import math
import numbers
import os
import types
import typing
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, NamedTuple, TypeVar

from zoo.errors import ConfigError, printable

Function = TypeVar("Function", bound=Callable[..., Any])

_LONGEST = 60  # characters of a value in a message
_LISTS = (collections.abc.Sequence, collections.abc.Collection, list, tuple)
_TEXTS = (str, bytes, bytearray)


class Between(NamedTuple):
    """The range of a number, both ends in it; None: no end."""

    least: float | None = None
    most: float | None = None

    def holds(self, value: Any) -> bool:
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )

    def __str__(self) -> str:
        if self.least is None and self.most is None:
            return ""
        if self.most is None:
            return f" of at least {self.least:,}"
        return f" from {self.least:,} to {self.most:,}" if self.least is not None else ""


# What many functions take. Wider beams and more outputs are refused before memory is.
Count = Annotated[int, Between(1)]
BeamSize = Annotated[int, Between(1, 1_000)]
Strength = Annotated[float, Between(0)]


class _Kind(NamedTuple):
    """What an argument may be: how that is tested, and how one and many are called."""

    holds: Callable[[Any], bool]
    one: str
    many: str


_ANYTHING = _Kind(lambda value: True, "", "")


def checked(*, but: Collection[str] = ()) -> Callable[[Function], Function]:
    """Has a function refuse arguments that its signature does not allow.

    Args:
        but: arguments that the function checks by itself, as what a model's `Input` reads.

    Returns:
        A decorator; the function then raises a ConfigError that names itself, the argument, what it
        may be and what it is.
    """

    def decorate(function: Function) -> Function:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args, **kwargs):
            # Of a class, that which is made: its base may be what looks at the arguments.
            name = type(args[0]).__name__ if function.__name__ == "__init__" else function.__name__
            try:
                given = signature.bind(*args, **kwargs).arguments
            except TypeError as error:
                raise ConfigError(f"{name}: {_sentence(error)}") from None
            wanted = {argument: given[argument] for argument in given if argument not in but}
            require_arguments(function, wanted, name)
            return function(*args, **kwargs)

        return typing.cast(Function, call)

    return decorate


def require_arguments(function: Callable, arguments: Mapping[str, Any], name: str) -> None:
    """Requires arguments that the signature of a function allows, where it says so.

    Args:
        function: what they will be given to.
        arguments: by their names.
        name: how messages call the function.

    Raises:
        ConfigError: for the first that it does not allow.
    """
    kinds = _kinds_of(function)
    for argument, value in arguments.items():
        kind = kinds.get(argument, _ANYTHING)
        if not kind.holds(value):
            raise ConfigError(f"{name}: {argument} must be {kind.one}, not {shown(value)}.")


def shown(value: Any) -> str:
    """A value as messages show it: its `repr` where that is short, else its type."""
    try:
        text = repr(value) if not isinstance(value, int) or abs(value) < 10**40 else "so many"
    except Exception:  # a class may fail at anything
        text = ""
    if not text or len(text) > _LONGEST or "\n" in text:
        return f"a {type(value).__name__}"
    return printable(text)


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}." if not text.endswith(".") else text


@functools.lru_cache(maxsize=1024)
def _kinds_of(function: Callable) -> dict[str, _Kind]:
    """What each annotated argument may be."""
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.annotation is parameter.empty or parameter.kind in (
            parameter.VAR_KEYWORD,
            parameter.VAR_POSITIONAL,
        ):
            continue
        found[name] = _kind_of(_evaluated(parameter.annotation, function))
    return found


def _evaluated(annotation: Any, function: Callable) -> Any:
    if not isinstance(annotation, str):
        return annotation
    names = dict(getattr(inspect.unwrap(function), "__globals__", {}))
    try:
        try:
            return eval(annotation, names)  # what the module's author wrote
        except NameError as error:  # imported for type checkers alone, such as keras
            names[str(error.name)] = importlib.import_module(str(error.name))
            return eval(annotation, names)
    except Exception:
        return Any


def _kind_of(annotation: Any) -> _Kind:
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        ranges = [extra for extra in inner[1:] if isinstance(extra, Between)]
        return _ranged(inner[0], ranges[0] if ranges else Between())
    if origin in (typing.Union, types.UnionType):
        return _any_of([_kind_of(one) for one in inner])
    if origin is typing.Literal:
        said = " or ".join(map(repr, inner))
        return _Kind(lambda value: isinstance(value, str) and value in inner, said, said)
    if (origin or annotation) in (*_LISTS, collections.abc.Iterable):
        return _list_of(inner, (origin or annotation) is collections.abc.Iterable)
    if annotation in (int, float):
        return _ranged(annotation, Between())
    if annotation in (None, type(None)):
        return _Kind(lambda value: value is None, "None", "None")
    if annotation is bool:
        return _Kind(_is_bool, "True or False", "booleans")
    if annotation is str:
        return _Kind(lambda value: isinstance(value, str), "a string", "strings")
    if origin in (collections.abc.Callable, type):
        return _Kind(callable, "a function", "functions")
    if annotation is os.PathLike:
        return _Kind(lambda value: isinstance(value, os.PathLike), "a path", "paths")
    if annotation in (collections.abc.Mapping, dict) or origin in (collections.abc.Mapping, dict):
        return _Kind(lambda value: isinstance(value, Mapping), "a dict", "dicts")
    if isinstance(annotation, type) and annotation is not object:
        name = annotation.__name__
        return _Kind(lambda value: isinstance(value, annotation), f"a {name}", f"{name}s")
    return _ANYTHING


def _ranged(annotation: Any, room: Between) -> _Kind:
    if annotation is int:
        return _Kind(
            lambda value: _is_whole(value) and room.holds(value),
            f"a whole number{room}",
            "whole numbers",
        )
    return _Kind(
        lambda value: _is_finite(value) and room.holds(value), f"a finite number{room}", "numbers"
    )


def _any_of(kinds: list[_Kind]) -> _Kind:
    if _ANYTHING in kinds:
        return _ANYTHING
    one = " or ".join(kind.one for kind in kinds)
    many = " or ".join(kind.many for kind in kinds)
    return _Kind(lambda value: any(kind.holds(value) for kind in kinds), one, many)


def _list_of(inner: tuple[Any, ...], may_be_used_up: bool) -> _Kind:
    item = _kind_of(inner[0]) if inner and inner[0] is not ... else _ANYTHING
    what = f" of {item.many}" if item.many else ""

    def holds(value: Any) -> bool:
        if isinstance(value, collections.abc.Iterator):  # looking at it would use it up
            return may_be_used_up
        is_list = isinstance(value, collections.abc.Collection) and not hasattr(value, "__array__")
        if not is_list or isinstance(value, (*_TEXTS, Mapping)):
            return False
        return item is _ANYTHING or all(map(item.holds, value))

    return _Kind(holds, f"a list{what}", f"lists{what}")


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool) or type(value).__name__ == "bool"  # of NumPy too


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_finite(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond any float
        return False
