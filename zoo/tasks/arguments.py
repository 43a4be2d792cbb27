"""Arguments of models' verbs, builders and evaluators, whose mistakes get one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zoo.decoding.arguments import positive
from zoo.errors import ConfigError


def require_positive(name: str, value: Any) -> None:
    """Requires a positive whole number; anything else is a ConfigError that names it."""
    try:
        positive(name, value)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def require_body(
    bodies: Mapping[str, tuple[int, Sequence[str]]], body: str, own: Mapping[str, Any]
) -> None:
    """Requires a body that exists, and settings that it has a use for.

    Args:
        bodies: name -> the layers it has of itself, and the settings that are its own.
        body: the name that was asked for.
        own: the settings of all bodies, and their values; None, 0 and False are not given.

    Raises:
        ConfigError: if there is no such body, or another one's setting is given.
    """
    if body not in bodies:
        raise ConfigError(f"There is no body {body!r}: take one of {', '.join(bodies)}.")
    for setting, value in own.items():
        if value not in (None, 0, False) and setting not in bodies[body][1]:
            able = next(name for name, (_, settings) in bodies.items() if setting in settings)
            raise ConfigError(
                f"{setting} is a setting of body={able!r}, and body={body!r} has no use for it: "
                "leave one of them out."
            )


def datasets_of(model: Any, datasets: Sequence[str] | None, otherwise: str) -> Sequence[str]:
    """What a model is scored on: the data sets that were named, or the one it is for.

    Args:
        model: anything with a `name` and a `dataset`.
        datasets: names of data sets, or None.
        otherwise: what else one can do with a model that says none, the end of the sentence.

    Raises:
        ConfigError: if none was named and the model says none.
    """
    if datasets is not None:
        return datasets
    if model.dataset is None:
        raise ConfigError(
            f"The model {model.name!r} does not say what data set it is for: build it with "
            f"dataset=..., or {otherwise}."
        )
    return [model.dataset]


def counted_for(
    progress: Callable[[str, int, int], None] | None, what: str
) -> Callable[[int, int], None] | None:
    """An evaluator's `progress(what, done, total)` as a `progress(done, total)`, or None."""
    if progress is None:
        return None
    return lambda done, total: progress(what, done, total)
